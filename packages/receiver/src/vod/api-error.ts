import { textField, numberField } from '../parse/fields.ts';
import { isJsonObject } from '../parse/json.ts';

/** What the SDK's exception says. */
export interface ApiError {
  /** E.g. `InvalidParameterValue.FileId`; undefined when no API answer was read (network, HTTP status, not JSON). */
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly httpStatus: number | undefined;
}

/** Reads the fields by name: after bundling, the SDK's exception class isn't the one that an `instanceof` here would see. */
export function toApiError(error: unknown): ApiError {
  const fields = isJsonObject(error) ? error : undefined;
  return {
    code: textField(fields, 'code'),
    message: error instanceof Error ? error.message : String(error),
    requestId: textField(fields, 'requestId'),
    httpStatus: numberField(fields, 'httpCode'),
  };
}

const TRANSIENT_CODES = ['RequestLimitExceeded', 'InternalError', 'ServiceUnavailable'] as const;

/** Whether the same call may succeed a moment later: rate limit, internal error, network, HTTP 429 and 5xx. */
export function isTransientApiError(error: unknown): boolean {
  const { code, httpStatus } = toApiError(error);
  if (code !== undefined)
    return TRANSIENT_CODES.some((known) => code === known || code.startsWith(`${known}.`));
  return httpStatus === undefined || httpStatus === 429 || httpStatus >= 500;
}

/** Whether ProcessMedia says that a task with this SessionId was started before. */
export function isAlreadyStarted(error: unknown): boolean {
  const { code } = toApiError(error);
  return code === 'InvalidParameterValue.SessionId' || code === 'FailedOperation.TaskDuplicate';
}
