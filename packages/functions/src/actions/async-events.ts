import { z } from 'zod';
import { STATUS_CODE } from '../async/async-queue.ts';
import type { AsyncEvent } from '../async/async-store.ts';
import { FunctionError } from '../function-error.ts';
import { isUuid } from '../invocation-store.ts';
import { defineAction, type Action } from './action.ts';
import {
  flag,
  functionFields,
  integer,
  parseTime,
  text,
  toKey,
  toOrder,
  toPage,
  toPreciseTimeText,
} from './fields.ts';

const interval = z.object({ Start: text, End: text }).optional();
const MAX_LIMIT = 100;

export const listAsyncEvents: Action = defineAction({
  name: 'ListAsyncEvents',
  parameters: {
    ...functionFields,
    Qualifier: text.optional(),
    InvokeType: z.array(text).optional(),
    Status: z.array(text).optional(),
    StartTimeInterval: interval,
    EndTimeInterval: interval,
    Order: text.optional(),
    Orderby: text.optional(),
    Offset: integer.optional(),
    Limit: integer.optional(),
    InvokeRequestId: text.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    await context.resolver.find(key);
    const { StartTimeInterval: start, EndTimeInterval: end, InvokeRequestId: requestId } = request;
    if (requestId !== undefined && !isUuid(requestId)) return { TotalCount: 0, EventList: [] };
    const { total, events } = await context.events.list({
      ...key,
      ...toPage(request, MAX_LIMIT),
      requestId,
      qualifier: request.Qualifier,
      triggers: request.InvokeType,
      statuses: request.Status,
      startFrom: start && parseTime(start.Start),
      startTo: start && parseTime(start.End),
      endFrom: end && parseTime(end.Start),
      endTo: end && parseTime(end.End),
      orderBy: request.Orderby === 'EndTime' ? 'ended_at' : 'created_at',
      order: toOrder(request.Order, 'desc'),
    });
    return { TotalCount: total, EventList: events.map(toView) };
  },
});

function toView(event: AsyncEvent): object {
  return {
    InvokeRequestId: event.requestId,
    InvokeType: event.trigger,
    Qualifier: event.qualifier,
    Status: event.status,
    StartTime: toPreciseTimeText(event.createdAt),
    EndTime: event.endedAt ? toPreciseTimeText(event.endedAt) : '',
  };
}

export const getAsyncEventStatus: Action = defineAction({
  name: 'GetAsyncEventStatus',
  parameters: { InvokeRequestId: text },
  async handle({ events }, { InvokeRequestId: requestId }) {
    const event = isUuid(requestId) ? await events.find(requestId) : undefined;
    if (!event) throw eventNotFound(requestId);
    const { status, statusCode } = event;
    return {
      Result: { Status: status, StatusCode: statusCode ?? STATUS_CODE.success, InvokeRequestId: requestId },
    };
  },
});

export const terminateAsyncEvent: Action = defineAction({
  name: 'TerminateAsyncEvent',
  unsupported: ['GraceShutdown'],
  parameters: { ...functionFields, InvokeRequestId: text, GraceShutdown: flag.optional() },
  async handle({ events, queue, clock, resolver }, request) {
    const key = toKey(request);
    await resolver.find(key);
    const { InvokeRequestId: requestId } = request;
    const status = isUuid(requestId) ? await events.abort(key, requestId, clock()) : undefined;
    if (status === undefined) throw eventNotFound(requestId);
    if (status === 'ABORTED') {
      queue.cancel(requestId);
      return {};
    }
    throw new FunctionError(
      'FailedOperation.AsyncEventStatus',
      `The call ${requestId} is over already: ${status}.`,
    );
  },
});

function eventNotFound(requestId: string): FunctionError {
  return new FunctionError(
    'ResourceNotFound.AsyncEvent',
    `There is no asynchronous call ${JSON.stringify(requestId.slice(0, 60))}.`,
  );
}
