import { ApiError } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { PullEventsRequest } from './request-types.ts';

/** Hands out up to 16 events, waiting up to 5 s for the first; none is the error ResourceNotFound, as in the cloud (266/34183). */
export const pullEvents: Action<PullEventsRequest> = defineAction({
  name: 'PullEvents',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const events = await context.pullQueue.pull(subAppId, context.signal);
    // Clients compare this code and this message: an empty list would break them.
    if (events.length === 0) throw new ApiError('ResourceNotFound', 'no event');
    return {
      EventSet: events.map(({ handle, payload }) => ({
        EventHandle: handle,
        ...(JSON.parse(payload) as Record<string, unknown>),
      })),
    };
  },
});
