import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EventsSettings } from '../../features/events/events-settings.tsx';
import { Page } from '../../shared/ui/page.tsx';

export function EventsPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('events.title')} lead={t('events.lead')} narrow>
      <EventsSettings />
    </Page>
  );
}
