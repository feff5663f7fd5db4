import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import classes from './event-list.module.css';
import { EVENT_TYPES } from './event-types-list.ts';
import { fault, FAULT_KINDS, hasDelay, hasEventType, isFaultKind, type FaultKind } from './fault-queries.ts';

export function NewFault(): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      leftSection={<IconPlus size={16} aria-hidden />}
      label={t('faults.add')}
      title={t('faults.add')}
    >
      {(close) => <FaultForm onClose={close} />}
    </DialogButton>
  );
}

interface Draft {
  kind: FaultKind;
  percent: string | number;
  /** Empty: without end. */
  count: string | number;
  delaySec: string | number;
  eventType: string;
  fileId: string;
}

const FIRST: Draft = { kind: 'delay', percent: 100, count: '', delaySec: 2, eventType: '', fileId: '' };

function FaultForm({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(FIRST);
  const { mutate, isPending, error } = useAdd(onClose);
  const change = (more: Partial<Draft>): void => setDraft({ ...draft, ...more });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate(draft);
      }}
    >
      <NativeSelect
        label={t('faults.kind')}
        description={t(`faults.kinds.${draft.kind}`)}
        value={draft.kind}
        data={[...FAULT_KINDS]}
        onChange={({ currentTarget: { value } }) => {
          if (isFaultKind(value)) change({ kind: value });
        }}
      />
      <div className={classes['pair']}>
        <NumberInput
          label={t('faults.percent')}
          min={0.01}
          max={100}
          value={draft.percent}
          onChange={(percent) => change({ percent })}
        />
        <NumberInput
          label={t('faults.count')}
          min={1}
          allowDecimal={false}
          value={draft.count}
          onChange={(count) => change({ count })}
        />
        {hasDelay(draft.kind) ? (
          <NumberInput
            label={t('faults.delay')}
            min={0}
            max={3600}
            value={draft.delaySec}
            onChange={(delaySec) => change({ delaySec })}
          />
        ) : null}
      </div>
      <div className={classes['pair']}>
        {hasEventType(draft.kind) ? (
          <NativeSelect
            label={t('deliveries.type')}
            value={draft.eventType}
            onChange={(event) => change({ eventType: event.currentTarget.value })}
            data={[{ value: '', label: t('deliveries.anyType') }, ...EVENT_TYPES]}
          />
        ) : null}
        <TextInput
          label={t('faults.file')}
          maxLength={64}
          value={draft.fileId}
          onChange={(event) => change({ fileId: event.currentTarget.value.trim() })}
        />
      </div>
      <ErrorAlert error={error} />
      <FormButtons submit={t('faults.add')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}

function useAdd(onDone: () => void) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) => api.request('/faults', fault, { method: 'POST', body: toBody(draft) }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.faults });
      onDone();
    },
  });
}

function toBody({ kind, percent, count, delaySec, eventType, fileId }: Draft): object {
  return {
    kind,
    probability: Number(percent) / 100,
    ...(count === '' ? {} : { count: Number(count) }),
    ...(hasDelay(kind) ? { delayMs: Math.round(Number(delaySec) * 1000) } : {}),
    ...(hasEventType(kind) && eventType !== '' ? { eventType } : {}),
    ...(fileId === '' ? {} : { fileId }),
  };
}
