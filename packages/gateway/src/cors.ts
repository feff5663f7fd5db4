import type { IncomingHttpHeaders } from 'node:http';

/** Who may call from a web page, and what it may read. Lists hold `*` for everything. */
export interface CorsPolicy {
  origins: readonly string[];
  methods: readonly string[];
  headers: readonly string[];
  exposeHeaders: readonly string[];
  credentials: boolean;
  maxAgeSec: number;
}

type Headers = Record<string, string | string[]>;

/** Whether the request comes from a web page of another origin. */
export function isCrossOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  return origin !== undefined && URL.parse(origin)?.host !== host;
}

export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && 'access-control-request-method' in headers;
}

/** The headers of an answer; none when the origin is not allowed, so that the browser withholds the answer. */
export function toCorsHeaders(policy: CorsPolicy, request: IncomingHttpHeaders): Headers {
  const origin = chooseOrigin(policy, request.origin);
  if (origin === undefined) return {};
  const exposed = policy.exposeHeaders.join(',');
  return {
    'access-control-allow-origin': origin,
    ...(origin === '*' ? {} : { vary: 'origin' }),
    ...(policy.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(exposed === '' ? {} : { 'access-control-expose-headers': exposed }),
  };
}

export function toPreflightHeaders(policy: CorsPolicy, request: IncomingHttpHeaders): Headers {
  const headers = toCorsHeaders(policy, request);
  if (!('access-control-allow-origin' in headers)) return {};
  const requested = request['access-control-request-headers'];
  const allowed = policy.headers.includes('*') ? (requested ?? '*') : policy.headers.join(',');
  return {
    ...headers,
    'access-control-allow-methods': policy.methods.join(','),
    ...(allowed === '' ? {} : { 'access-control-allow-headers': allowed }),
    'access-control-max-age': String(policy.maxAgeSec),
  };
}

/** Credentials are never combined with `*`: browsers refuse that, so the asking origin is named. */
function chooseOrigin({ origins, credentials }: CorsPolicy, asking: string | undefined): string | undefined {
  if (origins.includes('*')) return credentials && asking !== undefined ? asking : '*';
  return asking !== undefined && origins.includes(asking) ? asking : undefined;
}
