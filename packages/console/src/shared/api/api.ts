import { ApiError } from './api-error.ts';
import { isRecord, record, type Decoder } from './decode.ts';

interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** The console's way to the server. Every failure is an ApiError, a ShapeError, or the AbortError of the caller's signal. */
export interface Api {
  /** @param path below `/console/api`, with its query. */
  request<Value>(path: string, decoder: Decoder<Value>, options?: RequestOptions): Promise<Value>;
  /** Calls an action of the cloud's API and returns the members of `Response`; `Response.Error` becomes an ApiError with its code. */
  vod<Value>(action: string, parameters: Record<string, unknown>, decoder: Decoder<Value>): Promise<Value>;
}

/** @param deps.fetch the browser's fetch, or another for tests; deps.baseUrl ends before `/session`, e.g. `/console/api`. */
export function createApi(deps: { fetch: typeof fetch; baseUrl: string }): Api {
  const request: Api['request'] = async (path, decoder, options = {}) => {
    const response = await send(deps, path, options);
    const body = await readBody(response);
    if (!response.ok)
      throw new ApiError(messageOf(body) ?? `HTTP ${response.status}`, { status: response.status });
    return decoder(body, path);
  };
  const vod: Api['vod'] = async (action, parameters, decoder) => {
    const envelope = await request(`/vod/${action}`, record, { method: 'POST', body: parameters });
    return decoder(unwrap(envelope), action);
  };
  return { request, vod };
}

async function send(
  deps: { fetch: typeof fetch; baseUrl: string },
  path: string,
  options: RequestOptions,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const method = options.method ?? 'GET';
  // The server takes a change only with this header: a form on a foreign page cannot send it.
  if (method !== 'GET') headers['X-Vodstack-Console'] = '1';
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await deps.fetch(deps.baseUrl + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new ApiError('The server cannot be reached.', { status: 0, cause });
  }
}

async function readBody(response: Response): Promise<unknown> {
  const content = await response.text();
  if (content === '') return null;
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new ApiError(`The server answered HTTP ${response.status} without JSON.`, {
      status: response.status,
      cause,
    });
  }
}

function messageOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  return typeof body['message'] === 'string' ? body['message'] : undefined;
}

function unwrap(envelope: Record<string, unknown>): unknown {
  const response = record(envelope['Response'], 'Response');
  const error = response['Error'];
  if (!isRecord(error)) return response;
  throw new ApiError(String(error['Message']), { status: 200, code: String(error['Code']) });
}
