import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';
import { sessionQuery, signOut } from './session-query.ts';

export function SignOutButton({ onSignedOut }: { onSignedOut: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => signOut(api),
    onSuccess: async () => {
      onSignedOut();
      // Nothing that was read may stay on the screen or in memory.
      await queryClient.resetQueries();
      const { authenticated } = await queryClient.fetchQuery(sessionQuery(api));
      if (authenticated) notifySuccess(t('header.staysSignedIn'));
    },
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
        <IconLogout size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
