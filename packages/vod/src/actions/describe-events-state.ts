import { resolveSubAppId } from '../applications.ts';
import { countEventsToPull } from '../events/pull-queue.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeEventsStateRequest } from './request-types.ts';

/** How many events wait for PullEvents (266/84324). */
export const describeEventsState: Action<DescribeEventsStateRequest> = defineAction({
  name: 'DescribeEventsState',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    return { CountOfEventsToPull: await countEventsToPull(context.db, subAppId) };
  },
});
