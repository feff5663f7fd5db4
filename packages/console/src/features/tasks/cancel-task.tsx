import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { record } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';

/** Takes back a task that nobody works on yet. */
export function CancelTask({ taskId }: { taskId: string }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.vod('ManageTask', { TaskId: taskId, OperationType: 'Abort' }, record),
    onSuccess: () => {
      notifySuccess(t('tasks.canceled', { taskId }));
      for (const queryKey of [queryKeys.tasks, queryKeys.media])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('tasks.cancelFailed'), errorText(error)),
  });
  return (
    <Button variant="default" size="compact-xs" loading={isPending} onClick={() => mutate()}>
      {t('tasks.cancel')}
    </Button>
  );
}
