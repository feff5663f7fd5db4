import { getRouteApi, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EventFilters } from '../../features/events/event-filters.tsx';
import { EventList, EventQueue } from '../../features/events/event-list.tsx';
import { FaultNotice } from '../../features/events/fault-notice.tsx';
import { ReplaySince } from '../../features/events/replay-since.tsx';
import { SendSample } from '../../features/events/send-sample.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

const route = getRouteApi('/events');

export function EventsPage(): ReactNode {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={t('events.title')}
      lead={<EventQueue />}
      actions={
        <>
          <ReplaySince />
          <SendSample
            onSent={(eventId) => void navigate({ to: '/events/$eventId', params: { eventId }, search: {} })}
          />
        </>
      }
    >
      <EventTabs />
      <FaultNotice />
      <EventFilters
        filter={filter}
        onChange={(next) => void navigate({ to: '/events', search: next, replace: true })}
      />
      <EventList filter={filter} />
      <Outlet />
    </Page>
  );
}
