import { FunctionError } from './function-error.ts';

/** What of a function's configuration its process does not see, or only when it is set. Members have the cloud's defaults when absent. */
export interface FunctionDetails {
  description?: string | undefined;
  /** `Event` or `HTTP`. Default `Event`. */
  type?: string | undefined;
  /** Default 65. */
  initTimeoutSec?: number | undefined;
  /** Where an asynchronous call goes that failed for good: a name, kept as the cloud's `DeadLetterConfig`. */
  deadLetter?: { Type: string; Name: string; FilterType?: string | undefined } | undefined;
  /** How often a failed asynchronous call is repeated. Default 2. */
  retryNum?: number | undefined;
  /** How long an asynchronous call may wait and be repeated. Default 6 h. */
  messageTtlSec?: number | undefined;
  /** `TRUE`: an asynchronously running function. Fixed at creation. */
  asyncRunEnable?: string | undefined;
  /** Of a web function: how many requests one instance serves at once, 1 to 100. Default 1. */
  maxConcurrency?: number | undefined;
  /** `ENABLE` or `DISABLE`. */
  publicNetStatus?: string | undefined;
  /** Fields that are kept and shown, and change nothing here (`Role`, `ClsTopicId`, …). */
  shown?: Record<string, unknown> | undefined;
}

export const DEFAULT_INIT_TIMEOUT_SEC = 65;
export const DEFAULT_RETRY_NUM = 2;
export const DEFAULT_MESSAGE_TTL_SEC: number = 6 * 3600;

/** @throws FunctionError with the cloud's code of the first rule that is broken (583/11637) */
export function assertFunctionDetails(details: FunctionDetails): void {
  const { type = 'Event', description = '', initTimeoutSec = DEFAULT_INIT_TIMEOUT_SEC } = details;
  if (type !== 'Event' && type !== 'HTTP') {
    throw new FunctionError(
      'InvalidParameterValue.FunctionType',
      `The type must be Event or HTTP, got "${type}".`,
    );
  }
  assertDescription(description);
  if (!Number.isInteger(initTimeoutSec) || initTimeoutSec < 3 || initTimeoutSec > 300) {
    throw new FunctionError(
      'LimitExceeded.InitTimeout',
      `The time to start must be 3 to 300 whole seconds, got ${initTimeoutSec}.`,
    );
  }
  assertRetry(details);
}

const MAX_DESCRIPTION_CHARS = 1000;

export function assertDescription(description: string): void {
  if (description.length <= MAX_DESCRIPTION_CHARS) return;
  throw new FunctionError(
    'InvalidParameterValue.Description',
    `A description may have ${MAX_DESCRIPTION_CHARS} characters, got ${description.length}.`,
  );
}

function assertRetry(details: FunctionDetails): void {
  const { retryNum = DEFAULT_RETRY_NUM, messageTtlSec = DEFAULT_MESSAGE_TTL_SEC } = details;
  if (!Number.isInteger(retryNum) || retryNum < 0 || retryNum > 2) {
    throw new FunctionError(
      'LimitExceeded.RetryNum',
      `A call may be repeated 0 to 2 times, got ${retryNum}.`,
    );
  }
  if (!Number.isInteger(messageTtlSec) || messageTtlSec < 60 || messageTtlSec > DEFAULT_MESSAGE_TTL_SEC) {
    throw new FunctionError(
      'LimitExceeded.MsgTTL',
      `A call may wait 60 to ${DEFAULT_MESSAGE_TTL_SEC} seconds, got ${messageTtlSec}.`,
    );
  }
}
