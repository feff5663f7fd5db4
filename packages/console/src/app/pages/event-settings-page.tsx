import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EventsSettings } from '../../features/events/events-settings.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

export function EventSettingsPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('events.title')} lead={t('events.lead')} narrow>
      <EventTabs />
      <EventsSettings />
    </Page>
  );
}
