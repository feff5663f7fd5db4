import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { functionList, logPage } from './function-types.ts';

const PAGE_SIZE = 50;

export function functionListQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.functions,
    queryFn: ({ signal }) => api.request('/functions', functionList, { signal }),
  });
}

export function functionLogsQuery(api: Api, name: string, onlyFailed: boolean) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.functionLogs, name, onlyFailed],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (pageParam !== '') query.set('before', pageParam);
      if (onlyFailed) query.set('failed', '1');
      return api.request(`/functions/${encodeURIComponent(name)}/logs?${query}`, logPage, { signal });
    },
    getNextPageParam: ({ next }) => next,
  });
}
