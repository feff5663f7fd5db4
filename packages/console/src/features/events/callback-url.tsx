import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Section } from '../../shared/ui/section.tsx';
import { isCallbackUrl, type EventDraft } from './event-draft.ts';
import classes from './events-settings.module.css';

export interface CallbackUrlProps {
  draft: EventDraft;
  receiverAddress: string | null;
  onChange: (change: Partial<EventDraft>) => void;
}

export function CallbackUrl({ draft, receiverAddress, onChange }: CallbackUrlProps): ReactNode {
  const { t } = useTranslation();
  const text = draft.mode === 'PULL' ? t('events.urlUnused') : t('events.urlText');
  return (
    <Section title={t('events.url')} text={text}>
      <div className={classes['urlRow']}>
        <TextInput
          className={classes['url'] ?? ''}
          aria-label={t('events.url')}
          type="url"
          inputMode="url"
          placeholder="https://"
          spellCheck={false}
          value={draft.url}
          error={isCallbackUrl(draft.url) ? null : t('events.urlInvalid')}
          onChange={(event) => onChange({ url: event.currentTarget.value.trim() })}
        />
        {receiverAddress === null ? null : (
          <Button
            variant="default"
            disabled={draft.url === receiverAddress}
            onClick={() => onChange({ url: receiverAddress })}
          >
            {t('events.useReceiver')}
          </Button>
        )}
      </div>
      {receiverAddress === null ? null : (
        <p className={classes['receiver']}>
          {draft.url === receiverAddress
            ? t('events.receiverSet')
            : t('events.receiverIs', { address: receiverAddress })}
        </p>
      )}
    </Section>
  );
}
