import { resolveSubAppId } from '../applications.ts';
import { ACCOUNT } from '../caller.ts';
import type { VodContext } from '../context.ts';
import { describeMedia, type MediaDetail } from './media-detail.ts';
import { listMedia, type MediaPage, type MediaQuery } from './media-view.ts';
import { describeOverview, type Overview } from './overview.ts';
import { listTasks, type TaskPage, type TaskQuery } from './task-view.ts';

type OfApplication<Query> = Omit<Query, 'subAppId'> & {
  /** Default: the primary application. */
  readonly subAppId?: number | undefined;
};

/** What people look at, beyond the cloud's API. Every method throws ApiError for an unknown application. */
export interface ViewService {
  /** Newest first, unless the query says otherwise. */
  listMedia(query: OfApplication<MediaQuery>): Promise<MediaPage>;
  describeMedia(query: OfApplication<{ readonly fileId: string }>): Promise<MediaDetail | undefined>;
  listTasks(query: OfApplication<TaskQuery>): Promise<TaskPage>;
  /** @param query.hours how far back */
  overview(query: OfApplication<{ readonly hours: number }>): Promise<Overview>;
}

export function createViewService(context: VodContext): ViewService {
  const resolve = (subAppId: number | undefined): Promise<number> =>
    resolveSubAppId({ ...context, caller: ACCOUNT }, subAppId);
  return {
    listMedia: async (query) =>
      await listMedia(context, { ...query, subAppId: await resolve(query.subAppId) }),
    describeMedia: async ({ subAppId, fileId }) =>
      await describeMedia(context, await resolve(subAppId), fileId),
    listTasks: async (query) =>
      await listTasks(context, { ...query, subAppId: await resolve(query.subAppId) }),
    overview: async ({ subAppId, hours }) => await describeOverview(context, await resolve(subAppId), hours),
  };
}
