import { NativeSelect, TextInput } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { id, list, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import { notifySuccess } from '../../shared/ui/notify.ts';
import { endpointsQuery } from './endpoint-queries.ts';
import classes from './event-list.module.css';
import { EVENT_TYPES } from './event-types-list.ts';

/** Sends what has happened since a time once more. */
export function ReplaySince(): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      variant="default"
      leftSection={<IconHistory size={16} aria-hidden />}
      label={t('replay.open')}
      title={t('replay.title')}
    >
      {(close) => <ReplayForm onClose={close} />}
    </DialogButton>
  );
}

const HOUR_MS = 3_600_000;

interface Draft {
  /** `YYYY-MM-DDTHH:MM`, in the browser's time zone. */
  since: string;
  type: string;
  fileId: string;
  /** Empty: to where they went. */
  endpointId: string;
}

function ReplayForm({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { data: endpoints = [] } = useQuery(endpointsQuery(useApi()));
  const [draft, setDraft] = useState<Draft>(() => ({
    since: toLocalText(new Date(Date.now() - HOUR_MS)),
    type: '',
    fileId: '',
    endpointId: '',
  }));
  const { mutate, isPending, error } = useReplay(onClose);
  const change = (more: Partial<Draft>): void => setDraft({ ...draft, ...more });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate(draft);
      }}
    >
      <p className={classes['note']}>{t('replay.text')}</p>
      <TextInput
        type="datetime-local"
        label={t('replay.since')}
        required
        value={draft.since}
        onChange={(event) => change({ since: event.currentTarget.value })}
      />
      <div className={classes['pair']}>
        <NativeSelect
          label={t('deliveries.type')}
          value={draft.type}
          onChange={(event) => change({ type: event.currentTarget.value })}
          data={[{ value: '', label: t('deliveries.anyType') }, ...EVENT_TYPES]}
        />
        <TextInput
          label={t('faults.file')}
          maxLength={64}
          value={draft.fileId}
          onChange={(event) => change({ fileId: event.currentTarget.value.trim() })}
        />
      </div>
      <NativeSelect
        label={t('replay.to')}
        value={draft.endpointId}
        onChange={(event) => change({ endpointId: event.currentTarget.value })}
        data={[
          { value: '', label: t('replay.toAll') },
          ...endpoints.map(({ endpointId, name, url }) => ({
            value: endpointId,
            label: name === '' ? url : `${name} · ${url}`,
          })),
        ]}
      />
      <ErrorAlert error={error} />
      <FormButtons
        submit={t('replay.send')}
        isPending={isPending}
        isDisabled={draft.since === ''}
        onCancel={onClose}
      />
    </form>
  );
}

const replayed = object({ eventIds: list(id) });

function useReplay(onDone: () => void) {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ since, type, fileId, endpointId }: Draft) => {
      const body = {
        since: new Date(since).toISOString(),
        ...(type === '' ? {} : { type }),
        ...(fileId === '' ? {} : { fileId }),
        ...(endpointId === '' ? {} : { endpointId: Number(endpointId) }),
      };
      return api.request('/events/replay', replayed, { method: 'POST', body });
    },
    onSuccess: ({ eventIds }) => {
      notifySuccess(t('replay.done', { count: eventIds.length }));
      void queryClient.invalidateQueries({ queryKey: queryKeys.events });
      onDone();
    },
  });
}

/** What a field for a local date and time takes. */
export function toLocalText(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
