import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { accountQuery } from '../../shared/api/account.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { eventConfigQuery } from './event-config.ts';
import { EventsForm } from './events-form.tsx';
import classes from './events-settings.module.css';

export function EventsSettings(): ReactNode {
  const api = useApi();
  const config = useQuery(eventConfigQuery(api));
  const account = useQuery(accountQuery(api));
  if (config.data !== undefined) {
    return <EventsForm saved={config.data} receiverAddress={account.data?.receiverAddress ?? null} />;
  }
  if (config.error === null) return <EventsSkeleton />;
  return (
    <Panel>
      <ErrorState error={config.error} onRetry={() => void config.refetch()} />
    </Panel>
  );
}

function EventsSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['form']} role="status" aria-label={t('common.loading')}>
      <Skeleton height={160} radius="md" />
      <Skeleton height={120} radius="md" />
      <Skeleton height={260} radius="md" />
    </div>
  );
}
