import { FunctionError } from '../function-error.ts';
import { assertEventFunction } from '../web-function.ts';
import { LATEST } from '../function-store.ts';
import type { InvokeRequest, InvokeResult, InvokeTarget } from '../invoker.ts';
import { MAX_ASYNC_EVENT_BYTES, MAX_PAYLOAD_BYTES } from '../limits.ts';
import { toBillDurationMs } from '../log-text.ts';
import { DEFAULT_ALIAS } from '../versions/alias-store.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import { functionFields, text, toKey } from './fields.ts';

const callFields = {
  ...functionFields,
  Qualifier: text.optional(),
  LogType: text.optional(),
  RoutingKey: text.optional(),
} as const;

export const invoke: Action = defineAction({
  name: 'Invoke',
  parameters: { ...callFields, InvocationType: text.optional(), ClientContext: text.optional() },
  async handle(context, request) {
    const { InvocationType: type = 'RequestResponse', ClientContext: event = '' } = request;
    const { Qualifier: qualifier = '' } = request;
    if (type !== 'RequestResponse' && type !== 'Event') {
      throw new FunctionError(
        'InvalidParameterValue.InvokeType',
        `InvocationType must be RequestResponse or Event, got "${type.slice(0, 40)}".`,
      );
    }
    const target = {
      ...toKey(request),
      qualifier: qualifier === '' ? LATEST : qualifier,
      routingKey: parseRoutingKey(request.RoutingKey),
    };
    const fn = await context.resolver.find(target);
    assertEventFunction(fn);
    const { details } = fn;
    const isLater = type === 'Event' || details.asyncRunEnable === 'TRUE';
    assertEvent(event, isLater ? MAX_ASYNC_EVENT_BYTES : MAX_PAYLOAD_BYTES);
    const call = { ...target, event: event === '' ? '{}' : event };
    if (isLater) return { Result: toAcceptedResult(await context.invokeLater(call)) };
    return {
      Result: toResult(await invokeInTime(context, { ...call, logType: toLogType(request.LogType) })),
    };
  },
});

export const invokeFunction: Action = defineAction({
  name: 'InvokeFunction',
  parameters: { ...callFields, Event: text.optional() },
  async handle(context, request) {
    const { Event: event = '', Qualifier: qualifier = '' } = request;
    assertEvent(event, MAX_PAYLOAD_BYTES);
    const result = await invokeInTime(context, {
      ...toKey(request),
      qualifier: qualifier === '' ? DEFAULT_ALIAS : qualifier,
      routingKey: parseRoutingKey(request.RoutingKey),
      event: event === '' ? '{}' : event,
      logType: toLogType(request.LogType),
    });
    return { Result: toResult(result) };
  },
});

/** The function goes on when its caller is told to wait no longer. @throws FunctionError FailedOperation.InvokeFunction */
async function invokeInTime(
  { invoke: start, invokeLimitMs }: ActionContext,
  request: InvokeRequest & InvokeTarget,
): Promise<InvokeResult> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `The function has not answered within the ${invokeLimitMs / 1000} seconds that a synchronous call may last, and goes on: use InvocationType Event.`;
    limit.reject(new FunctionError('FailedOperation.InvokeFunction', message));
  }, invokeLimitMs);
  try {
    return await Promise.race([start(request), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function toLogType(logType: string | undefined): 'Tail' | 'None' {
  return logType === 'Tail' ? 'Tail' : 'None';
}

/** @throws FunctionError InvalidParameter.Payload when it is too large; InvalidParameterValue.Param when it is not JSON */
function assertEvent(event: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(event);
  if (bytes > maxBytes) {
    throw new FunctionError(
      'InvalidParameter.Payload',
      `The event may have ${maxBytes} bytes for this kind of call, got ${bytes}.`,
    );
  }
  if (event === '') return;
  try {
    JSON.parse(event);
  } catch {
    throw new FunctionError(
      'InvalidParameterValue.Param',
      `The event must be JSON, got ${JSON.stringify(event.slice(0, 60))}.`,
    );
  }
}

const MAX_ROUTING_KEY_BYTES = 1024;

function parseRoutingKey(given: string | undefined): Record<string, string> | undefined {
  if (given === undefined || given === '') return undefined;
  const parsed = Buffer.byteLength(given) <= MAX_ROUTING_KEY_BYTES ? toTexts(given) : undefined;
  if (parsed) return parsed;
  throw new FunctionError(
    'InvalidParameterValue',
    `RoutingKey must be a JSON object of texts, of ${MAX_ROUTING_KEY_BYTES} bytes at most.`,
  );
}

function toTexts(given: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    return entries.every(([, each]) => typeof each === 'string') ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
}

function toAcceptedResult(requestId: string): object {
  return { ...EMPTY_RESULT, FunctionRequestId: requestId };
}

const EMPTY_RESULT = {
  Log: '',
  RetMsg: '',
  ErrMsg: '',
  MemUsage: 0,
  Duration: 0,
  BillDuration: 0,
  FunctionRequestId: '',
  InvokeResult: 0,
};

function toResult({ requestId, statusCode, retMsg, durationMs, memUsageBytes, log }: InvokeResult): object {
  return {
    Log: log,
    RetMsg: retMsg,
    ErrMsg: statusCode === 200 ? '' : toErrorText(retMsg),
    MemUsage: memUsageBytes,
    Duration: durationMs,
    BillDuration: toBillDurationMs(durationMs),
    FunctionRequestId: requestId,
    InvokeResult: statusCode === 200 ? 0 : statusCode,
  };
}

/** The stack trace where there is one, as a capture of the cloud has it. */
function toErrorText(retMsg: string): string {
  const error: { stackTrace?: string; errorMessage?: string } = JSON.parse(retMsg);
  return error.stackTrace ?? error.errorMessage ?? retMsg;
}
