/** How a request to a function ended. */
export type Outcome =
  /** `text` is the JSON text of the return value. */
  | { kind: 'returned'; text: string }
  | { kind: 'threw'; stack: string }
  | { kind: 'bad-event' }
  | { kind: 'event-too-large' }
  | { kind: 'response-too-large' }
  | { kind: 'timed-out' }
  | { kind: 'out-of-memory' }
  /** The process ended before it answered. */
  | { kind: 'exited' }
  /** The module threw while it was loaded. */
  | { kind: 'load-failed'; stack: string }
  | { kind: 'handler-missing'; message: string }
  | { kind: 'init-timed-out' }
  /** The runtime itself could not be started. */
  | { kind: 'start-failed'; message: string }
  /** A web function that did not come to listen, with what it wrote. */
  | { kind: 'web-start-failed'; statusCode: number; message: string; lines: readonly string[] }
  /** A web function that closed the connection instead of answering. */
  | { kind: 'web-broken' }
  /** Too many requests wait for an instance already. */
  | { kind: 'overrun' }
  /** The caller gave up. */
  | { kind: 'canceled' }
  /** The service stopped before the function was done. */
  | { kind: 'interrupted' };

export interface OutcomeContext {
  requestId: string;
  timeoutSec: number;
  memoryMb: number;
}

interface ErrorShape {
  statusCode: number;
  message: string;
  stackTrace?: string;
  /** The captures of some bodies carry no request id; clients that compare whole bodies would notice one. */
  withoutRequestId?: true;
}

const SUCCESS = 200;

/** SCF's status code (583/35311) and what the caller receives: the return value, or the documented error body. */
export function toAnswer(outcome: Outcome, context: OutcomeContext): { statusCode: number; retMsg: string } {
  if (outcome.kind === 'returned') return { statusCode: SUCCESS, retMsg: outcome.text };
  const error = toErrorShape(outcome, context);
  const body = {
    errorCode: -1,
    errorMessage: error.message,
    ...(error.withoutRequestId ? {} : { requestId: context.requestId }),
    ...(error.stackTrace === undefined ? {} : { stackTrace: error.stackTrace }),
    statusCode: error.statusCode,
  };
  return { statusCode: error.statusCode, retMsg: JSON.stringify(body) };
}

/** The same error as the log's ERROR line has it: errorCode 1, no request id. Undefined after a success. */
export function toLoggedError(outcome: Outcome, context: OutcomeContext): string | undefined {
  if (outcome.kind === 'returned') return undefined;
  const { message, stackTrace, statusCode } = toErrorShape(outcome, context);
  return JSON.stringify({ errorCode: 1, errorMessage: message, stackTrace, statusCode });
}

type Failure = Exclude<Outcome, { kind: 'returned' }>;

/**
 * Captured bodies: 430, 433, 434, 439, 443. The others take the same form with the text of the status table.
 * A process that dies and a module that cannot be loaded were captured without a request id.
 */
function toErrorShape(outcome: Failure, { timeoutSec, memoryMb }: OutcomeContext): ErrorShape {
  switch (outcome.kind) {
    case 'threw':
      return { statusCode: 430, message: 'user code exception caught', stackTrace: outcome.stack };
    case 'timed-out':
      return { statusCode: 433, message: `Invoking task timed out after ${timeoutSec} seconds` };
    case 'out-of-memory':
      return { statusCode: 434, message: `Task memory exceeded ${memoryMb} MB`, withoutRequestId: true };
    case 'exited':
      return { statusCode: 439, message: 'User process exit when running', withoutRequestId: true };
    case 'load-failed':
      return { statusCode: 443, message: outcome.stack, withoutRequestId: true };
    case 'handler-missing':
      return { statusCode: 437, message: outcome.message, withoutRequestId: true };
    default:
      return toRefusal(outcome);
  }
}

type Refusal = Exclude<
  Failure,
  { kind: 'threw' | 'timed-out' | 'out-of-memory' | 'exited' | 'load-failed' | 'handler-missing' }
>;

function toRefusal(outcome: Refusal): ErrorShape {
  if (outcome.kind === 'start-failed') return { statusCode: 500, message: outcome.message };
  if (outcome.kind === 'web-start-failed')
    return { statusCode: outcome.statusCode, message: outcome.message };
  return REFUSALS[outcome.kind];
}

const REFUSALS: Record<Exclude<Refusal['kind'], 'start-failed' | 'web-start-failed'>, ErrorShape> = {
  'bad-event': { statusCode: 400, message: 'InvalidParameterValue: the event is not JSON' },
  'event-too-large': { statusCode: 406, message: 'RequestTooLarge: the event is larger than 6 MB' },
  'response-too-large': { statusCode: 407, message: 'body size is too long' },
  'web-broken': {
    statusCode: 502,
    message: 'UnhandledInvocationErr: the function closed the connection before it had answered',
  },
  overrun: { statusCode: 432, message: 'ResourceLimitReached' },
  'init-timed-out': { statusCode: 450, message: 'InitContainerTimeout' },
  canceled: { statusCode: 499, message: 'RequestCanceled' },
  interrupted: { statusCode: 500, message: 'the function service was stopped' },
};
