import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch, IconTag } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './media-search.module.css';

const TYPING_PAUSE_MS = 250;

export interface MediaSearchProps {
  /** What is in force. */
  value: string;
  /** Called when the typing pauses. */
  onChange: (value: string) => void;
  kind: 'search' | 'tag';
}

/** A text to look for: a part of a name, or a tag. */
export function MediaSearch({ value, onChange, kind }: MediaSearchProps): ReactNode {
  const { t } = useTranslation();
  const KindIcon = kind === 'tag' ? IconTag : IconSearch;
  const [draft, setDraft] = useState(value);
  const [applied, setApplied] = useState(value);
  if (applied !== value) {
    // Changed from outside: by the browser's back button or "clear search".
    setApplied(value);
    setDraft(value);
  }
  const apply = useEffectEvent((next: string) => {
    if (next !== value) onChange(next);
  });
  useEffect(() => {
    const timer = setTimeout(() => apply(draft.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  return (
    <TextInput
      className={classes[kind] ?? ''}
      type="search"
      aria-label={t(`media.${kind}Label`)}
      placeholder={t(`media.${kind}Placeholder`)}
      leftSection={<KindIcon size={16} aria-hidden />}
      rightSection={
        draft === '' ? null : (
          <CloseButton size="sm" aria-label={t(`media.clear.${kind}`)} onClick={() => setDraft('')} />
        )
      }
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
    />
  );
}
