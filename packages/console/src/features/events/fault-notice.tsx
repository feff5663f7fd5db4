import { Alert } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { faultsQuery } from './fault-queries.ts';

/** Faults survive a restart: whoever wonders about deliveries should know that there are some. */
export function FaultNotice(): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(faultsQuery(useApi()));
  const live = data.filter(({ remaining }) => remaining !== 0);
  if (live.length === 0) return null;
  return (
    <Alert color="yellow" icon={<IconBug size={18} aria-hidden />}>
      {t('faults.notice', { count: live.length })} <Link to="/events/faults">{t('faults.show')}</Link>
    </Alert>
  );
}
