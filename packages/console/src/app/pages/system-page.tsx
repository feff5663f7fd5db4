import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { StorageUse } from '../../features/system/storage-use.tsx';
import { SystemFacts } from '../../features/system/system-facts.tsx';
import { WorkCharts } from '../../features/system/work-charts.tsx';
import { WorkerList } from '../../features/system/worker-list.tsx';
import { Page } from '../../shared/ui/page.tsx';

export function SystemPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('system.title')} lead={t('system.lead')}>
      <WorkCharts />
      <WorkerList />
      <StorageUse />
      <SystemFacts />
    </Page>
  );
}
