import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import type { MediaFilter } from './media-filter.ts';
import { mediaDetail, mediaPage } from './media-types.ts';

const PAGE_SIZE = 50;

export function mediaListQuery(api: Api, filter: MediaFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.media, 'list', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (pageParam !== '') query.set('cursor', pageParam);
      for (const [name, value] of Object.entries(filter))
        if (value !== undefined) query.set(name, String(value));
      return api.request(`/media?${query}`, mediaPage, { signal });
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // While another search is on its way the present list stays instead of flashing a skeleton.
    placeholderData: keepPreviousData,
  });
}

export function mediaDetailQuery(api: Api, fileId: string) {
  return queryOptions({
    queryKey: [...queryKeys.media, 'detail', fileId],
    queryFn: ({ signal }) => api.request(`/media/${encodeURIComponent(fileId)}`, mediaDetail, { signal }),
  });
}
