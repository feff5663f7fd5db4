import { z } from 'zod';
import { FunctionError } from '../function-error.ts';
import {
  isUuid,
  RET_CODE,
  type InvocationRecord,
  type LogFilter,
  type LogPage,
} from '../invocation-store.ts';
import { DEFAULT_NAMESPACE } from '../namespace-store.ts';
import { defineAction, type Action } from './action.ts';
import { functionFields, integer, parseTime, text, toKey, toOrder, toPage, toTimeText } from './fields.ts';

const DAY_MS = 24 * 3_600_000;
const QUARTER_HOUR_MS = 15 * 60_000;
const MAX_SPAN = 10_000;

export const getFunctionLogs: Action = defineAction({
  name: 'GetFunctionLogs',
  unsupported: ['SearchContext'],
  parameters: {
    FunctionName: text.optional(),
    Namespace: text.optional(),
    Offset: integer.optional(),
    Limit: integer.optional(),
    Order: text.optional(),
    OrderBy: text.optional(),
    Filter: z.object({ RetCode: text.optional() }).optional(),
    Qualifier: text.optional(),
    FunctionRequestId: text.optional(),
    StartTime: text.optional(),
    EndTime: text.optional(),
  },
  async handle(context, request) {
    const { offset, limit } = toPage(request);
    if (offset + limit > MAX_SPAN) {
      throw new FunctionError(
        'LimitExceeded.Offset',
        `Offset + Limit may be ${MAX_SPAN}, got ${offset + limit}.`,
      );
    }
    const { Namespace: namespace = DEFAULT_NAMESPACE, FunctionName: name } = request;
    if (name !== undefined) await context.resolver.find({ namespace, name });
    const { total, records } = await context.invocations.page({
      namespace,
      name,
      ...toSpan(request),
      ...toFilter(request.Filter?.RetCode ?? ''),
      requestId: orUndefined(request.FunctionRequestId),
      qualifier: orUndefined(request.Qualifier),
      orderBy: toOrderBy(request.OrderBy),
      order: toOrder(request.Order, 'desc'),
      offset,
      limit,
    });
    return { TotalCount: total, Data: records.map(toLog) };
  },
});

export const getRequestStatus: Action = defineAction({
  name: 'GetRequestStatus',
  parameters: {
    ...functionFields,
    FunctionRequestId: text,
    StartTime: text.optional(),
    EndTime: text.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    await context.resolver.find(key);
    const { FunctionRequestId: requestId } = request;
    if (!isUuid(requestId)) {
      throw new FunctionError(
        'InvalidParameterValue.FunctionRequestId',
        `FunctionRequestId must be the id of a request, got ${JSON.stringify(requestId.slice(0, 60))}.`,
      );
    }
    const span = toSpan(request);
    const from = span.from ?? new Date((span.to ?? context.clock()).getTime() - QUARTER_HOUR_MS);
    const sorted = { orderBy: 'start_at', order: 'asc', offset: 0, limit: 100 } as const;
    const { total, records } = await context.invocations.page({
      ...key,
      ...span,
      from,
      requestId,
      ...sorted,
    });
    return { TotalCount: total, Data: records.map(toRequestStatus) };
  },
});

const orUndefined = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function toSpan({
  StartTime: start,
  EndTime: end,
}: {
  StartTime?: string | undefined;
  EndTime?: string | undefined;
}): {
  from?: Date | undefined;
  to?: Date | undefined;
} {
  const from = start ? parseTime(start) : undefined;
  const to = end ? parseTime(end) : undefined;
  if (!from || !to) return { from, to };
  if (to.getTime() >= from.getTime() && to.getTime() - from.getTime() <= DAY_MS) return { from, to };
  throw new FunctionError(
    'InvalidParameterValue.StartTimeOrEndTime',
    `EndTime must come after StartTime, and by a day at most, got ${start} and ${end}.`,
  );
}

/** The tabs of the cloud's log page. */
function toFilter(retCode: string): LogFilter {
  switch (retCode) {
    case '':
      return {};
    case 'is0':
      return { onlySucceeded: true };
    case 'not0':
      return { onlyFailed: true };
    case 'TimeLimitExceeded':
      return { statusCodes: [433] };
    case 'ResourceLimitExceeded':
      return { statusCodes: [429, 432, 434] };
    case 'UserCodeException':
      return { statusCodes: [430, 437, 439, 443] };
    default:
      throw new FunctionError(
        'InvalidParameterValue.RetCode',
        `Filter.RetCode must be is0, not0, TimeLimitExceeded, ResourceLimitExceeded or UserCodeException, got "${retCode.slice(0, 40)}".`,
      );
  }
}

function toOrderBy(orderBy: string | undefined): LogPage['orderBy'] {
  switch (orderBy ?? '') {
    case '':
    case 'start_time':
      return 'start_at';
    case 'function_name':
      return 'function';
    case 'duration':
      return 'duration_ms';
    case 'mem_usage':
      return 'mem_usage_bytes';
    default:
      throw new FunctionError(
        'InvalidParameterValue.OrderBy',
        `OrderBy must be function_name, duration, mem_usage or start_time, got "${orderBy?.slice(0, 40)}".`,
      );
  }
}

function toLog(record: InvocationRecord): object {
  return {
    FunctionName: record.name,
    RequestId: record.requestId,
    StartTime: toTimeText(record.startAt),
    RetCode: record.retCode,
    RetMsg: record.retMsg ?? '',
    InvokeFinished: record.retCode === RET_CODE.running ? 0 : 1,
    Duration: record.durationMs ?? 0,
    BillDuration: record.billDurationMs ?? 0,
    MemUsage: record.memUsageBytes ?? 0,
    Log: record.log ?? '',
    Level: '',
    Source: '',
    RetryNum: record.retryNum,
  };
}

function toRequestStatus(record: InvocationRecord): object {
  return {
    FunctionName: record.name,
    RequestId: record.requestId,
    StartTime: toTimeText(record.startAt),
    RetCode: toStatusRetCode(record.retCode),
    RetMsg: record.retMsg ?? '',
    Duration: record.durationMs ?? 0,
    MemUsage: (record.memUsageBytes ?? 0) / 1024 / 1024,
    RetryNum: record.retryNum,
  };
}

/** Of this action alone: 0 succeeded, 1 running, -1 failed. */
function toStatusRetCode(retCode: number): number {
  if (retCode === RET_CODE.succeeded) return 0;
  return retCode === RET_CODE.running ? 1 : -1;
}
