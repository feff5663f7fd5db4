import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { mediaDetail, mediaPage, processMediaResult } from './media-types.ts';

const PAGE_SIZE = 50;

/** @param search part of a name or a FileId; empty for all. */
export function mediaListQuery(api: Api, search: string) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.media, 'list', search],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (pageParam !== '') query.set('cursor', pageParam);
      if (search !== '') query.set('q', search);
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

/** Starts one transcode task with a sub-task per definition. @returns the TaskId */
export async function processMedia(
  api: Api,
  fileId: string,
  definitions: readonly number[],
): Promise<string> {
  const TranscodeTaskSet = definitions.map((Definition) => ({ Definition }));
  const result = await api.vod(
    'ProcessMedia',
    { FileId: fileId, MediaProcessTask: { TranscodeTaskSet } },
    processMediaResult,
  );
  return result.TaskId;
}
