import http from 'node:http';
import https from 'node:https';
import { assertPublicHost, PrivateAddressError, publicLookup } from '@vodstack/platform';

export interface DownloadOptions {
  readonly allowsPrivateAddress: (url: URL) => boolean;
  readonly signal: AbortSignal;
  /** How long the other side may be silent, from the connection on. */
  readonly idleTimeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Download {
  /** Where the redirects led. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Errors when the connection is lost, or silent for too long, before its end. Must be read or destroyed. */
  readonly body: http.IncomingMessage;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Over again soon, as the server says. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** A file could not be fetched; the message is for people. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Trying again gives the same. */
  readonly isFinal: boolean;

  constructor(message: string, options: { isFinal: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.isFinal = options.isFinal;
  }
}

/**
 * Begins to fetch a file, following redirects; every hop must be http or https and on the public internet.
 * @returns an answer with status 200, 206 or 416
 * @throws DownloadError for anything else
 * @throws the signal's reason when aborted
 */
export async function openDownload(url: URL, options: DownloadOptions): Promise<Download> {
  let current = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const body = await get(current, options);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (!REDIRECTS.has(status) || location === undefined) return toDownload(current, body);
    body.destroy();
    if (!URL.canParse(location, current.href)) {
      throw new DownloadError(`${current.host} redirects to what is no URL`, { isFinal: true });
    }
    current = new URL(location, current);
  }
  throw new DownloadError(`${url.host} redirects more than ${MAX_REDIRECTS} times`, { isFinal: true });
}

function toDownload(url: URL, body: http.IncomingMessage): Download {
  const status = body.statusCode ?? 0;
  if (status === 200 || status === 206 || status === 416) return { url, status, headers: body.headers, body };
  body.destroy();
  throw new DownloadError(`${url.host} answered ${status} ${body.statusMessage ?? ''}`.trim(), {
    isFinal: status < 500 && !PASSING.has(status),
  });
}

async function get(url: URL, options: DownloadOptions): Promise<http.IncomingMessage> {
  options.signal.throwIfAborted();
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new DownloadError(`only http and https URLs are fetched, got ${url.protocol}`, { isFinal: true });
  }
  const isAllowed = options.allowsPrivateAddress(url);
  try {
    if (!isAllowed) assertPublicHost(url);
    return await exchange(url, options, isAllowed);
  } catch (error) {
    options.signal.throwIfAborted();
    throw toDownloadError(url, error);
  }
}

function exchange(url: URL, options: DownloadOptions, isAllowed: boolean): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.get(url, {
    // Bytes as they are: a compressed answer would have other offsets.
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'vodstack', ...options.headers },
    signal: options.signal,
    agent: false,
    timeout: options.idleTimeoutMs,
    ...(isAllowed ? {} : { lookup: publicLookup }),
  });
  let answer: http.IncomingMessage | undefined;
  outgoing.on('timeout', () => {
    const error = new Error(`silent for ${options.idleTimeoutMs} ms`);
    if (answer) answer.destroy(error);
    else outgoing.destroy(error);
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    answer = response;
    resolve(response);
  });
  return promise;
}

/** Says which host failed and how; a refused address stays refused. */
export function toDownloadError(url: URL, error: unknown): DownloadError {
  if (error instanceof DownloadError) return error;
  return new DownloadError(`${url.host} cannot be read: ${describe(error)}`, {
    isFinal: error instanceof PrivateAddressError,
    cause: error,
  });
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}
