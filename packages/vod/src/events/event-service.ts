import { ApiError, isEventType } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { ACCOUNT } from '../caller.ts';
import type { VodContext } from '../context.ts';
import { type EventQuery, type EventView, listEvents } from '../views/event-view.ts';
import {
  type DeadLetter,
  type DeadLetterQuery,
  listDeadLetters,
  redriveDeadLetters,
  type RedriveQuery,
} from './endpoints/dead-letters.ts';
import { replayEvents, type ReplayQuery } from './replay-events.ts';
import { triggerEvent, type TriggerRequest } from './trigger-event.ts';

type OfApplication<Query extends { subAppId: number }> = Omit<Query, 'subAppId'> & {
  /** Default: the primary application. */
  readonly subAppId?: number | undefined;
};

/** What people and tests do with events beyond the cloud's API. Every method throws ApiError for an unknown application. */
export interface EventService {
  /** Newest first, each with its deliveries. */
  list(query: OfApplication<EventQuery>): Promise<EventView[]>;
  /** @returns ids of the events that are sent once more, oldest first */
  replay(query: OfApplication<ReplayQuery>): Promise<number[]>;
  /** @throws ApiError InvalidParameterValue for a type that there is not. @returns the id of the new event */
  trigger(request: OfApplication<Omit<TriggerRequest, 'type'>> & { readonly type: string }): Promise<number>;
  /** What endpoints did not take in all their time, the newest first. */
  deadLetters(query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Sends dead letters again, to the endpoints that they are of. @returns ids of the events, oldest first */
  redrive(query: RedriveQuery): Promise<number[]>;
}

export const EVENT_STATES: readonly ['pending', 'delivered', 'confirmed', 'failed', 'unaddressed'] = [
  'pending',
  'delivered',
  'confirmed',
  'failed',
  'unaddressed',
];

export function createEventService(context: VodContext): EventService {
  const withApplication = async <Query extends { subAppId?: number | undefined }>(
    query: Query,
  ): Promise<Query & { subAppId: number }> => ({
    ...query,
    subAppId: await resolveSubAppId({ ...context, caller: ACCOUNT }, query.subAppId),
  });
  return {
    list: async (query) => await listEvents(context, await withApplication(query)),
    replay: async (query) => await replayEvents(context, await withApplication(query)),
    deadLetters: async (query) => await listDeadLetters(context, query),
    redrive: async (query) => await redriveDeadLetters(context, query),
    async trigger(request) {
      const { type } = request;
      if (isEventType(type))
        return await triggerEvent(context, { ...(await withApplication(request)), type });
      throw new ApiError('InvalidParameterValue', `There is no event type ${JSON.stringify(type)}.`);
    },
  };
}
