import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EndpointList } from '../../features/events/endpoint-list.tsx';
import { NewEndpoint } from '../../features/events/new-endpoint.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

export function EndpointsPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page title={t('events.title')} lead={t('endpoints.lead')} actions={<NewEndpoint />}>
      <EventTabs />
      <EndpointList
        onSent={(eventId) => void navigate({ to: '/events/$eventId', params: { eventId }, search: {} })}
      />
    </Page>
  );
}
