import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import {
  aliasList,
  codeFile,
  codeView,
  functionDetail,
  functionList,
  logPage,
  metricsList,
  versionList,
  type FunctionKey,
} from './function-types.ts';
import { toLogQuery, type LogFilter } from './log-filter.ts';

const PAGE_SIZE = 50;

export function functionListQuery(api: Api) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'list'],
    queryFn: ({ signal }) => api.request('/functions', functionList, { signal }),
  });
}

export function functionDetailQuery(api: Api, key: FunctionKey) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'detail', key],
    queryFn: () => api.scf('GetFunction', toRequest(key), functionDetail),
  });
}

export function versionsQuery(api: Api, key: FunctionKey) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'versions', key],
    queryFn: () => api.scf('ListVersionByFunction', { ...toRequest(key), Limit: 200 }, versionList),
  });
}

export function aliasesQuery(api: Api, key: FunctionKey) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'aliases', key],
    queryFn: () => api.scf('ListAliases', { ...toRequest(key), Limit: 200 }, aliasList),
  });
}

export function functionLogsQuery(api: Api, key: FunctionKey, filter: LogFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.functionLogs, key, filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = toLogQuery(filter, new Date());
      query.set('limit', String(PAGE_SIZE));
      query.set('namespace', key.namespace);
      if (pageParam !== '') query.set('before', pageParam);
      return api.request(`${pathOf(key)}/logs?${query}`, logPage, { signal });
    },
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

/** One request, wherever it stands in the list. */
export function requestQuery(api: Api, key: FunctionKey, requestId: string) {
  return queryOptions({
    queryKey: [...queryKeys.functionLogs, key, 'request', requestId],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ requestId, namespace: key.namespace, limit: '1' });
      const { items } = await api.request(`${pathOf(key)}/logs?${query}`, logPage, { signal });
      return items[0] ?? null;
    },
  });
}

export function metricsQuery(api: Api, key: FunctionKey, hours: number) {
  return queryOptions({
    queryKey: [...queryKeys.functionMetrics, key, hours],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ namespace: key.namespace, hours: String(hours) });
      return api.request(`${pathOf(key)}/metrics?${query}`, metricsList, { signal });
    },
    placeholderData: keepPreviousData,
  });
}

export function codeQuery(api: Api, key: FunctionKey, qualifier: string) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'code', key, qualifier],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ namespace: key.namespace, qualifier });
      return api.request(`${pathOf(key)}/code?${query}`, codeView, { signal });
    },
  });
}

export function codeFileQuery(api: Api, key: FunctionKey, qualifier: string, path: string) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'file', key, qualifier, path],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ namespace: key.namespace, qualifier, path });
      return api.request(`${pathOf(key)}/code/file?${query}`, codeFile, { signal });
    },
  });
}

/** How the function service's actions name a function. */
export function toRequest({ name, namespace }: FunctionKey): { FunctionName: string; Namespace: string } {
  return { FunctionName: name, Namespace: namespace };
}

function pathOf({ name }: FunctionKey): string {
  return `/functions/${encodeURIComponent(name)}`;
}
