import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { EventDrawer } from '../../features/events/event-drawer.tsx';

const route = getRouteApi('/events/$eventId');

/** One event over the list, under an address of its own. */
export function EventPage(): ReactNode {
  const { eventId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <EventDrawer
      key={eventId}
      eventId={eventId}
      onClose={() => void navigate({ to: '/events', search: (previous) => previous })}
    />
  );
}
