import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../api/api-context.ts';
import { object, text } from '../api/decode.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useErrorText } from '../ui/error-text.ts';
import { notifyError, notifySuccess } from '../ui/notify.ts';

const started = object({ taskId: text });

/** Starts a new task with the sub-tasks that failed. */
export function RetryTask({ taskId }: { taskId: string }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.request(`/tasks/${encodeURIComponent(taskId)}/retry`, started, { method: 'POST' }),
    onSuccess: (task) => {
      notifySuccess(t('quickView.processStarted', task));
      for (const queryKey of [queryKeys.media, queryKeys.tasks])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('quickView.processFailed'), errorText(error)),
  });
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<IconRefresh size={12} aria-hidden />}
      loading={isPending}
      onClick={() => mutate()}
    >
      {t('quickView.retry')}
    </Button>
  );
}
