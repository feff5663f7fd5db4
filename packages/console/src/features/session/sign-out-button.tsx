import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import { signOut } from './session-query.ts';

export function SignOutButton(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => signOut(api),
    // Nothing that was read may stay on the screen or in memory.
    onSuccess: () => queryClient.resetQueries(),
    onError: (error) => notifyError(t('header.signOut'), errorText(error)),
  });
  return (
    <Tooltip label={t('header.signOut')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        loading={isPending}
        aria-label={t('header.signOut')}
        onClick={() => mutate()}
      >
        <IconLogout size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
