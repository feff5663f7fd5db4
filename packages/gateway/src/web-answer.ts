import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { isNotFound } from './function-caller.ts';
import { toFailedAnswer } from './function-response.ts';
import { GATEWAY_ERRORS, toErrorAnswer, type HttpAnswer } from './http-answer.ts';

/** A request for a web function. */
export interface WebCall {
  namespace: string;
  name: string;
  qualifier: string;
  trigger: string;
  /** Of this HTTP request: 32 hex characters. */
  gatewayRequestId: string;
  method: string;
  url: string;
  /** Names and values in turn. */
  headers: readonly string[];
  body: Readable;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** Rejects with an error whose `code` starts with `ResourceNotFound` when there is no such function. */
export type SendWeb = (
  call: WebCall,
) => Promise<
  | { kind: 'response'; requestId: string; statusCode: number; headers: readonly string[]; body: Readable }
  | { kind: 'failed'; requestId: string; statusCode: number; retMsg: string }
>;

export type WebTarget = Pick<
  WebCall,
  'namespace' | 'name' | 'qualifier' | 'trigger' | 'gatewayRequestId' | 'url'
>;

/**
 * Sends a request to a web function as it is and answers what comes back as it is. When the client goes, or the time is
 * up, the function's connection is closed.
 *
 * @param options.body when it has been read already
 */
export async function answerFromWeb(
  sendWeb: SendWeb,
  { raw, method }: FastifyRequest,
  {
    target,
    timeoutSec,
    added,
    body = raw,
  }: { target: WebTarget; timeoutSec: number; added: Record<string, string>; body?: Readable },
): Promise<HttpAnswer> {
  const closed = new AbortController();
  // Not the request's own end: that closes as soon as it is read. Once the answer has begun, its body tells.
  const onClosed = (): void => closed.abort();
  raw.socket.once('close', onClosed);
  const timer = setTimeout(() => closed.abort(TIMED_OUT), timeoutSec * 1000);
  const names = new Set(Object.keys(added));
  const headers = [...withoutNames(raw.rawHeaders, names), ...Object.entries(added).flat()];
  try {
    const answer = await sendWeb({ ...target, method, headers, body, signal: closed.signal });
    if (closed.signal.reason === TIMED_OUT) return GATEWAY_ERRORS.timedOut();
    return answer.kind === 'failed'
      ? withRequestId(toFailedAnswer(answer), answer.requestId)
      : withRequestId(
          { status: answer.statusCode, headers: groupHeaders(answer.headers), body: answer.body },
          answer.requestId,
        );
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return toErrorAnswer(404, `There is no function ${target.name} in the namespace ${target.namespace}.`);
  } finally {
    clearTimeout(timer);
    raw.socket.off('close', onClosed);
  }
}

const TIMED_OUT = Symbol('the time of the gateway is up');

function withRequestId(answer: HttpAnswer, requestId: string): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-scf-request-id': requestId } };
}

function withoutNames(raw: readonly string[], names: ReadonlySet<string>): string[] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 && !names.has(name.toLowerCase()) ? [name, raw[index + 1] ?? ''] : [],
  );
}

/** A header that comes twice goes out twice. */
function groupHeaders(raw: readonly string[]): Record<string, string | string[]> {
  const grouped = new Map<string, string[]>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    grouped.set(name, [...(grouped.get(name) ?? []), raw[index + 1] ?? '']);
  }
  return Object.fromEntries(
    [...grouped].map(([name, values]) => [name, values.length === 1 ? String(values[0]) : values]),
  );
}
