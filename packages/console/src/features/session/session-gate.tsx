import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import classes from './session-gate.module.css';
import { sessionQuery } from './session-query.ts';
import { SignInPage } from './sign-in-page.tsx';

/** Shows its children to whoever is signed in, the sign-in page to everybody else. The address stays as it is. */
export function SessionGate({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(sessionQuery(useApi()));
  if (data !== undefined) return data.authenticated ? children : <SignInPage />;
  return (
    <div className={classes['root']}>
      {error === null ? (
        <Loader size="sm" aria-label={t('common.loading')} />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </div>
  );
}
