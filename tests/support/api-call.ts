import { signTc3 } from '@vodstack/protocol';
import type { Stack } from './stack.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly response: Record<string, unknown> & { RequestId: string };
  /** Undefined when the call succeeded. */
  readonly error: { Code: string; Message: string } | undefined;
}

export interface RawCall {
  readonly action?: string;
  readonly version?: string;
  readonly body?: string;
  /** Whole seconds that the client's clock is ahead. */
  readonly skewSec?: number;
  readonly secretId?: string;
  readonly secretKey?: string;
  /** What goes into the signature instead of what is sent. */
  readonly signedBody?: string;
  readonly signedHost?: string;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
}

/** A POST signed with TC3 by hand, for what no SDK would send. */
export async function callApi(stack: Stack, call: RawCall = {}): Promise<ApiAnswer> {
  const { action = 'DescribeEventConfig', version = '2018-07-17', body = '{}' } = call;
  const contentType = call.contentType ?? 'application/json';
  const timestampSec = Math.floor(Date.now() / 1000) + (call.skewSec ?? 0);
  const authorization = signTc3({
    method: 'POST',
    path: '/',
    headers: { 'content-type': contentType, host: call.signedHost ?? new URL(stack.url).host },
    body: call.signedBody ?? body,
    secretId: call.secretId ?? stack.server.credentials.secretId,
    secretKey: call.secretKey ?? stack.server.credentials.secretKey,
    timestampSec,
    service: 'vod',
  });
  return await post(stack, body, {
    authorization,
    'content-type': contentType,
    'x-tc-action': action,
    'x-tc-version': version,
    'x-tc-timestamp': String(timestampSec),
    ...call.headers,
  });
}

/** A POST as it is, unsigned unless the headers say otherwise. */
export async function post(
  stack: Stack,
  body: string,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  return await readAnswer(await fetch(`${stack.url}/`, { method: 'POST', body, headers }));
}

export async function readAnswer(response: Response): Promise<ApiAnswer> {
  const envelope = (await response.json()) as {
    Response: { RequestId: string; Error?: { Code: string; Message: string } };
  };
  return {
    status: response.status,
    headers: response.headers,
    response: envelope.Response,
    error: envelope.Response.Error,
  };
}
