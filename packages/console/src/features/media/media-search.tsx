import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './media-search.module.css';

const TYPING_PAUSE_MS = 250;

/** @param value the search in force; onChange is called when the typing pauses. */
export function MediaSearch({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  const { t } = useTranslation();
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
      className={classes['root'] ?? ''}
      type="search"
      aria-label={t('media.searchLabel')}
      placeholder={t('media.searchPlaceholder')}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        draft === '' ? null : (
          <CloseButton size="sm" aria-label={t('media.clearSearch')} onClick={() => setDraft('')} />
        )
      }
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
    />
  );
}
