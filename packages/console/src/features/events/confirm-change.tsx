import { Alert, Button, Modal } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifySuccess } from '../../shared/ui/notify.ts';
import { saveEventConfig, type EventConfig } from './event-config.ts';
import { changedFields, type ConfigField, type EventDraft } from './event-draft.ts';
import classes from './events-settings.module.css';

export interface ConfirmChangeProps {
  opened: boolean;
  saved: EventConfig;
  draft: EventDraft;
  onClose: () => void;
  onSaved: () => void;
}

/** The guide's warning before a change: what changes, and that it takes effect at once. */
export function ConfirmChange({ opened, saved, draft, onClose, onSaved }: ConfirmChangeProps): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { mutate, isPending, error, reset } = useSave(draft, () => {
    onSaved();
    onClose();
  });
  const close = (): void => {
    reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={t('events.confirmTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />}>
        <p className={classes['warning']}>{t('events.confirmText')}</p>
      </Alert>
      <ChangeList saved={saved} draft={draft} />
      {error === null ? null : (
        <Alert color="red" mt="md" role="alert" title={t('events.saveFailed')}>
          {errorText(error)}
        </Alert>
      )}
      <div className={classes['dialogActions']}>
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button loading={isPending} onClick={() => mutate()}>
          {t('events.confirmSave')}
        </Button>
      </div>
    </Modal>
  );
}

function useSave(draft: EventDraft, onDone: () => void) {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => saveEventConfig(api, draft, draft.signKey),
    onSuccess: async () => {
      // First the new state, then the end of the edits: otherwise the old values would show for a moment.
      await queryClient.invalidateQueries({ queryKey: queryKeys.eventConfig });
      notifySuccess(t('events.saved'));
      onDone();
    },
  });
}

const FIELD_NAMES = {
  mode: 'events.mode',
  url: 'events.url',
  onUpload: 'events.switchUpload',
  onDelete: 'events.switchDelete',
  onPersistence: 'events.switchPersistence',
} as const satisfies Record<ConfigField, string>;

function ChangeList({ saved, draft }: { saved: EventConfig; draft: EventDraft }): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className={classes['changes']} aria-label={t('events.confirmChanges')}>
      {changedFields(saved, draft).map((field) => (
        <li className={classes['change']} key={field}>
          <div className={classes['changeName']}>{t(FIELD_NAMES[field])}</div>
          <div className={classes['values']}>
            {show(saved[field], t)} → <ins>{show(draft[field], t)}</ins>
          </div>
        </li>
      ))}
      {draft.signKey === '' ? null : (
        <li className={classes['change']}>
          <div className={classes['changeName']}>{t('events.signKey')}</div>
          <div className={classes['values']}>
            <ins>{t('events.newKey')}</ins>
          </div>
        </li>
      )}
    </ul>
  );
}

function show(value: string | boolean, t: TFunction): string {
  if (value === '') return t('events.emptyValue');
  if (value === 'PUSH') return t('events.push');
  if (value === 'PULL') return t('events.pull');
  if (typeof value === 'string') return value;
  return value ? t('events.on') : t('events.off');
}
