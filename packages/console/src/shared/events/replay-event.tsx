import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../api/api-context.ts';
import { record } from '../api/decode.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useErrorText } from '../ui/error-text.ts';
import { notifyError, notifySuccess } from '../ui/notify.ts';

/** Sends an event once more, byte for byte, to the address that is set now. */
export function ReplayEvent({ eventId }: { eventId: string }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      api.request('/events/replay', record, { method: 'POST', body: { eventIds: [Number(eventId)] } }),
    onSuccess: () => {
      notifySuccess(t('deliveries.replayed', { eventId }));
      for (const queryKey of [queryKeys.events, queryKeys.media])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('deliveries.replayFailed'), errorText(error)),
  });
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={isPending}
      leftSection={<IconSend size={12} aria-hidden />}
      onClick={() => mutate()}
    >
      {t('deliveries.replay')}
    </Button>
  );
}
