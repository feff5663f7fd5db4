import { commonErrors } from './common-errors.ts';
import { ApiError } from './errors.ts';

// The answer of API 3.0: https://cloud.tencent.com/document/api/266/31759. It is sent with HTTP status 200 and the content
// type `application/json` without a charset, errors too: SDKs lose the code of anything else.

export interface SuccessEnvelope<Result extends object> {
  Response: Result & { RequestId: string };
}

export interface ErrorEnvelope {
  Response: { Error: { Code: string; Message: string }; RequestId: string };
}

export function toSuccessEnvelope<Result extends object>(
  result: Result,
  requestId: string,
): SuccessEnvelope<Result> {
  return { Response: { ...result, RequestId: requestId } };
}

/** An ApiError goes out as it is; anything else becomes InternalError and keeps its text to itself. */
export function toErrorEnvelope(error: unknown, requestId: string): ErrorEnvelope {
  const shown =
    error instanceof ApiError
      ? { Code: error.code, Message: error.message }
      : { Code: 'InternalError', Message: commonErrors.InternalError.message };
  return { Response: { Error: shown, RequestId: requestId } };
}
