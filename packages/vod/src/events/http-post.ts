import http from 'node:http';
import https from 'node:https';
import { assertPublicHost, publicLookup } from '@vodstack/platform';

export interface PostRequest {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** From the first byte sent to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Sends half of the body and then nothing more, on purpose. */
  readonly stalls: boolean;
  readonly allowsPrivateAddress: boolean;
  readonly signal: AbortSignal;
}

/** `answered` whatever the status; `timeout` when no full answer came in time; `error` when there was no connection. */
export type PostResult =
  | { outcome: 'answered'; status: number; headers: Record<string, string>; body: string }
  | { outcome: 'timeout' | 'error'; message: string };

/** More of an answer than this is not kept. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Sends one notification. Never rejects; redirects are answers like any other. */
export async function post(request: PostRequest): Promise<PostResult> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    if (!request.allowsPrivateAddress) assertPublicHost(request.url);
    return await exchange(request, AbortSignal.any([deadline, request.signal]));
  } catch (error) {
    if (deadline.aborted) return { outcome: 'timeout', message: `no answer within ${request.timeoutMs} ms` };
    return { outcome: 'error', message: describeError(error) };
  }
}

function exchange(request: PostRequest, signal: AbortSignal): Promise<PostResult> {
  const { promise, resolve, reject } = Promise.withResolvers<PostResult>();
  const client = request.url.protocol === 'https:' ? https : http;
  const outgoing = client.request(request.url, {
    method: 'POST',
    headers: { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) },
    signal,
    agent: false,
    ...(request.allowsPrivateAddress ? {} : { lookup: publicLookup }),
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    readAnswer(response).then(resolve, reject);
  });
  if (request.stalls) outgoing.write(Buffer.from(request.body).subarray(0, request.body.length / 2));
  else outgoing.end(request.body);
  return promise;
}

async function readAnswer(response: http.IncomingMessage): Promise<PostResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return {
    outcome: 'answered',
    status: response.statusCode ?? 0,
    headers: toPlainHeaders(response.headers),
    body: Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\u0000', '\uFFFD'),
  };
}

function toPlainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describeError).join('; ');
  return error instanceof Error ? error.message : String(error);
}
