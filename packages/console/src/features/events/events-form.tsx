import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Section } from '../../shared/ui/section.tsx';
import { CallbackUrl } from './callback-url.tsx';
import { ConfirmChange } from './confirm-change.tsx';
import type { EventConfig } from './event-config.ts';
import { changedFields, isCallbackUrl, isSignKey, type EventDraft } from './event-draft.ts';
import { EventSwitches } from './event-switches.tsx';
import classes from './events-settings.module.css';
import { ModeCards } from './mode-cards.tsx';

export interface EventsFormProps {
  saved: EventConfig;
  receiverAddress: string | null;
}

/** The settings with what the person has changed in them; what was not touched follows the server. */
export function EventsForm({ saved, receiverAddress }: EventsFormProps): ReactNode {
  const { t } = useTranslation();
  const [edits, setEdits] = useState<Partial<EventDraft>>({});
  const [confirming, setConfirming] = useState(false);
  const draft: EventDraft = { ...saved, signKey: '', ...edits };
  const change = (more: Partial<EventDraft>): void => setEdits({ ...edits, ...more });
  const isValid = isCallbackUrl(draft.url) && isSignKey(draft.signKey);
  const isDirty = changedFields(saved, draft).length > 0 || draft.signKey !== '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isDirty && isValid) setConfirming(true);
  };
  return (
    <form className={classes['form']} onSubmit={submit}>
      <Section title={t('events.mode')}>
        <ModeCards value={draft.mode} onChange={(mode) => change({ mode })} />
      </Section>
      <CallbackUrl draft={draft} receiverAddress={receiverAddress} onChange={change} />
      <Section title={t('events.switches')} text={t('events.switchesText')}>
        <EventSwitches draft={draft} onChange={change} />
      </Section>
      <Section title={t('events.signKey')} text={t('events.signKeyText')}>
        <TextInput
          className={classes['key'] ?? ''}
          aria-label={t('events.signKey')}
          placeholder={t('events.signKeyPlaceholder')}
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={draft.signKey}
          error={isSignKey(draft.signKey) ? null : t('events.signKeyInvalid')}
          onChange={(event) => change({ signKey: event.currentTarget.value })}
        />
      </Section>
      {isDirty ? <SaveBar canSave={isValid} onDiscard={() => setEdits({})} /> : null}
      <ConfirmChange
        opened={confirming}
        saved={saved}
        draft={draft}
        onClose={() => setConfirming(false)}
        onSaved={() => setEdits({})}
      />
    </form>
  );
}

function SaveBar({ canSave, onDiscard }: { canSave: boolean; onDiscard: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['bar']}>
      <span role="status">{t('events.unsaved')}</span>
      <div className={classes['buttons']}>
        <Button variant="default" onClick={onDiscard}>
          {t('events.discard')}
        </Button>
        <Button type="submit" disabled={!canSave}>
          {t('events.save')}
        </Button>
      </div>
    </div>
  );
}
