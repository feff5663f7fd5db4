import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DeadLetters } from '../../features/events/dead-letters.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

export function DeadLettersPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('events.title')} lead={t('deadLetters.lead')}>
      <EventTabs />
      <DeadLetters />
    </Page>
  );
}
