import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { overview, systemFacts, workerList } from './system-types.ts';

/** Workers come and go without a message: their heartbeats would be too many. */
const WORKERS_EVERY_MS = 5000;

export function overviewQuery(api: Api, hours: number) {
  return queryOptions({
    queryKey: [...queryKeys.overview, hours],
    queryFn: ({ signal }) => api.request(`/overview?hours=${hours}`, overview, { signal }),
  });
}

export function workersQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.workers,
    queryFn: ({ signal }) => api.request('/workers', workerList, { signal }),
    refetchInterval: WORKERS_EVERY_MS,
  });
}

export function systemQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.system,
    queryFn: ({ signal }) => api.request('/system', systemFacts, { signal }),
  });
}
