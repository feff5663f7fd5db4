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
  /** The same for an action of the function service's API. */
  scf<Value>(action: string, parameters: Record<string, unknown>, decoder: Decoder<Value>): Promise<Value>;
}

export interface ApiDeps {
  /** The browser's, or another for tests. */
  fetch: typeof fetch;
  /** Ends before `/session`, e.g. `/console/api`. */
  baseUrl: string;
  /** The application that is looked at; null for the primary one. */
  subAppId?: () => number | null;
}

/** What belongs to one application. */
const OF_APPLICATION = /^\/(media|tasks|overview|events|uploads)\b|^\/endpoints$/;

export function createApi(deps: ApiDeps): Api {
  const subAppId = deps.subAppId ?? (() => null);
  const request: Api['request'] = async (path, decoder, options = {}) => {
    const response = await send(deps, ...forApplication(path, options, subAppId()));
    const body = await readBody(response);
    if (!response.ok)
      throw new ApiError(messageOf(body) ?? `HTTP ${response.status}`, { status: response.status });
    return decoder(body, path);
  };
  const vod: Api['vod'] = async (action, parameters, decoder) => {
    const application = subAppId();
    // The actions on applications themselves name theirs, or none.
    const isOfApplication = application !== null && !action.includes('SubAppId');
    const body = isOfApplication ? { SubAppId: application, ...parameters } : parameters;
    const envelope = await request(`/vod/${action}`, record, { method: 'POST', body });
    return decoder(unwrap(envelope), action);
  };
  const scf: Api['scf'] = async (action, parameters, decoder) => {
    const envelope = await request(`/scf/${action}`, record, { method: 'POST', body: parameters });
    return decoder(unwrap(envelope), action);
  };
  return { request, vod, scf };
}

function forApplication(
  path: string,
  options: RequestOptions,
  subAppId: number | null,
): [path: string, options: RequestOptions] {
  if (subAppId === null || !OF_APPLICATION.test(path)) return [path, options];
  if (isRecord(options.body)) return [path, { ...options, body: { subAppId, ...options.body } }];
  return [`${path}${path.includes('?') ? '&' : '?'}subAppId=${subAppId}`, options];
}

async function send(
  deps: Pick<ApiDeps, 'fetch' | 'baseUrl'>,
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
