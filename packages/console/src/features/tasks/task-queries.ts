import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { taskPage, type TaskState } from './task-types.ts';

const PAGE_SIZE = 50;

export function taskListQuery(api: Api, state: TaskState | null) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.tasks, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (pageParam !== '') query.set('cursor', pageParam);
      if (state !== null) query.set('state', state);
      return api.request(`/tasks?${query}`, taskPage, { signal });
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}
