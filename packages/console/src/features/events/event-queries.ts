import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { list, number, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { eventView, type EventState, type EventView } from '../../shared/events/event-types.ts';

const PAGE_SIZE = 50;

export interface EventFilter {
  type?: string | undefined;
  result?: EventState | undefined;
  fileId?: string | undefined;
}

const eventPage = object({ items: list(eventView) });

export function eventListQuery(api: Api, filter: EventFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.events, 'list', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      const { result: state, ...rest } = filter;
      for (const [name, value] of Object.entries({ ...rest, state }))
        if (value !== undefined) query.set(name, value);
      if (pageParam !== '') query.set('before', pageParam);
      return api.request(`/events?${query}`, eventPage, { signal });
    },
    getNextPageParam: ({ items }) => (items.length < PAGE_SIZE ? null : items.at(-1)?.eventId),
    placeholderData: keepPreviousData,
  });
}

/** One event; null when it is gone. */
export function eventQuery(api: Api, eventId: string) {
  return queryOptions({
    queryKey: [...queryKeys.events, 'one', eventId],
    queryFn: async ({ signal }): Promise<EventView | null> => {
      const query = new URLSearchParams({ limit: '1', before: String(Number(eventId) + 1) });
      const { items } = await api.request(`/events?${query}`, eventPage, { signal });
      return items.find((event) => event.eventId === eventId) ?? null;
    },
  });
}

const queue = object({ queue: object({ push: number, pull: number, pulled: number }) });

export function eventQueueQuery(api: Api) {
  return queryOptions({
    queryKey: [...queryKeys.overview, 'queue'],
    queryFn: ({ signal }) => api.request('/overview?hours=1', queue, { signal }),
  });
}
