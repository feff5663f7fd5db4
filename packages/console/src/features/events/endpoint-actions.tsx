import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { id, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';
import { endpoint as endpointShape, type Endpoint } from './endpoint-queries.ts';
import { RotateSecret } from './endpoint-secret.tsx';
import classes from './event-list.module.css';
import { EVENT_TYPES } from './event-types-list.ts';

export interface EndpointActionsProps {
  endpoint: Endpoint;
  onSent: (eventId: string) => void;
}

export function EndpointActions({ endpoint, onSent }: EndpointActionsProps): ReactNode {
  const { t } = useTranslation();
  const { endpointId, state, url } = endpoint;
  const change = useChange(endpointId);
  const isEnabled = state === 'enabled';
  return (
    <div className={classes['rowActions']}>
      <TestButton endpoint={endpoint} onSent={onSent} />
      <Button
        size="compact-xs"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate(isEnabled ? 'disable' : 'enable')}
      >
        {isEnabled ? t('endpoints.pause') : t('endpoints.resume')}
      </Button>
      <DialogButton
        size="compact-xs"
        variant="default"
        label={t('endpoints.rotate')}
        title={t('endpoints.rotateTitle')}
      >
        {(close) => <RotateSecret endpointId={endpointId} onClose={close} />}
      </DialogButton>
      <ConfirmButton
        size="compact-xs"
        label={t('common.delete')}
        title={t('endpoints.deleteTitle')}
        text={t('endpoints.deleteText', { url })}
        onConfirm={() => change.mutate('remove')}
      />
    </div>
  );
}

function useChange(endpointId: string) {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (change: 'enable' | 'disable' | 'remove') =>
      api.request(`/endpoints/${endpointId}/${change}`, endpointShape, { method: 'POST' }),
    onSuccess: () => {
      notifySuccess(t('endpoints.changed'));
      for (const queryKey of [queryKeys.endpoints, queryKeys.deadLetters])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('templates.refused'), errorText(error)),
  });
}

const triggered = object({ eventId: id });

/** Sends it a sample of what it takes. */
function TestButton({ endpoint, onSent }: EndpointActionsProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const errorText = useErrorText();
  const { endpointId, subAppId, state, eventTypes } = endpoint;
  const { mutate, isPending } = useMutation({
    mutationFn: () => {
      const body = { type: eventTypes?.[0] ?? EVENT_TYPES[0], endpointId: Number(endpointId), subAppId };
      return api.request('/events/trigger', triggered, { method: 'POST', body });
    },
    onSuccess: ({ eventId }) => onSent(eventId),
    onError: (error) => notifyError(t('templates.refused'), errorText(error)),
  });
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={state === 'disabled'}
      loading={isPending}
      onClick={() => mutate()}
    >
      {t('endpoints.test')}
    </Button>
  );
}
