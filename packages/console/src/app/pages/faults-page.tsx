import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FaultPanel } from '../../features/events/fault-panel.tsx';
import { NewFault } from '../../features/events/new-fault.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

export function FaultsPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('events.title')} lead={t('faults.lead')} actions={<NewFault />}>
      <EventTabs />
      <FaultPanel />
    </Page>
  );
}
