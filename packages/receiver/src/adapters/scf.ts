import { isJsonObject, type JsonObject } from '../parse/json.ts';
import type { RawBody } from '../parse/notification.ts';
import type { ReceiveMeta, Receiver } from '../receiver.ts';

/** The integrated response of API Gateway, which function URLs take too. */
export interface ScfResponse {
  readonly isBase64Encoded: false;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * For event functions behind API Gateway (integrated response on) or a function URL: takes the event with the HTTP request in it.
 * An event whose `body` is missing, null or no string is answered 400. Source: cloud.tencent.com 583/12513 and 583/96099.
 */
export function toScfHandler(
  receiver: Receiver,
): (event: unknown, context?: unknown) => Promise<ScfResponse> {
  return async (event, context) => {
    const result = await receiver.handle(readBody(event), readMeta(context));
    return toScfResponse(result.status, result.body);
  };
}

/** Builds an integrated response with a text body. */
export function toScfResponse(statusCode: number, body: string): ScfResponse {
  return { isBase64Encoded: false, statusCode, headers: { 'Content-Type': 'text/plain' }, body };
}

function readBody(event: unknown): RawBody {
  const fields: JsonObject = isJsonObject(event) ? event : {};
  const { body, isBase64Encoded } = fields;
  if (typeof body !== 'string') return undefined;
  // The docs print the flag as the string "true", captures show a boolean.
  return isBase64Encoded === true || isBase64Encoded === 'true' ? Buffer.from(body, 'base64') : body;
}

function readMeta(context: unknown): ReceiveMeta {
  if (!isJsonObject(context)) return {};
  const { getRemainingTimeInMillis: remaining, time_limit_in_ms: limit } = context;
  const remainingMs: unknown = typeof remaining === 'function' ? remaining.call(context) : limit;
  return typeof remainingMs === 'number' && remainingMs > 0 ? { remainingMs } : {};
}
