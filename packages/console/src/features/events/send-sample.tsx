import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { id, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { notifySuccess } from '../../shared/ui/notify.ts';
import classes from './event-list.module.css';
import { EVENT_TYPES } from './event-types-list.ts';

const triggered = object({ eventId: id });

/** Sends an event that nothing has caused, to try a receiver. */
export function SendSample({ onSent }: { onSent: (eventId: string) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      leftSection={<IconSend size={16} aria-hidden />}
      label={t('deliveries.sample')}
      title={t('deliveries.sample')}
    >
      {(close) => (
        <SampleForm
          onSent={(eventId) => {
            close();
            onSent(eventId);
          }}
        />
      )}
    </DialogButton>
  );
}

function SampleForm({ onSent }: { onSent: (eventId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [type, setType] = useState<string>(EVENT_TYPES[0]);
  const [fileId, setFileId] = useState('');
  const { mutate, isPending, error } = useTrigger(onSent);
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ type, ...(fileId === '' ? {} : { fileId }) });
      }}
    >
      <p className={classes['note']}>{t('deliveries.sampleText')}</p>
      <NativeSelect
        label={t('deliveries.type')}
        value={type}
        onChange={(event) => setType(event.currentTarget.value)}
        data={[...EVENT_TYPES]}
      />
      <TextInput
        label={t('deliveries.sampleFile')}
        description={t('deliveries.sampleFileText')}
        maxLength={64}
        value={fileId}
        onChange={(event) => setFileId(event.currentTarget.value.trim())}
      />
      <ErrorAlert error={error} />
      <div className={classes['formActions']}>
        <Button type="submit" loading={isPending}>
          {t('deliveries.send')}
        </Button>
      </div>
    </form>
  );
}

function useTrigger(onSent: (eventId: string) => void) {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { type: string; fileId?: string }) =>
      api.request('/events/trigger', triggered, { method: 'POST', body }),
    onSuccess: ({ eventId }) => {
      notifySuccess(t('deliveries.sampleSent', { eventId }));
      void queryClient.invalidateQueries({ queryKey: queryKeys.events });
      onSent(eventId);
    },
  });
}
