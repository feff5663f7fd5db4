import type { IncomingHttpHeaders } from 'node:http';
import type { Api } from './api.ts';
import type { DeclaredValues } from './api-parameters.ts';

export interface EventSource {
  api: Api;
  /** 32 hex characters. */
  requestId: string;
  method: string;
  headers: IncomingHttpHeaders;
  scheme: string;
  sourceIp: string;
  /** Without the environment. */
  path: string;
  query: string;
  pathParameters: Record<string, string>;
  body: Buffer;
  /** Whether the body is handed over in base64. */
  isBase64: boolean;
  /** Of the parameters that the API declares. */
  declared: DeclaredValues;
  /** Of a request with a key pair. */
  secretId: string | undefined;
}

/**
 * The event of an API Gateway trigger as JSON text (628/38896, and captures of 2019 and 2021): keys in alphabetical
 * order, header names in lower case, `requestContext.path` and `.httpMethod` those of the API definition, `body` absent
 * on GET and HEAD and a string otherwise, the empty string for an empty POST.
 *
 * Without base64 the body is forced to a UTF-8 string, as documented: text arrives exactly as it was sent, bytes that
 * are not UTF-8 become U+FFFD. An API that receives binary data needs base64Encoded.
 */
export function toFunctionEvent(source: EventSource): string {
  const { api, method, sourceIp, path, isBase64, declared, secretId } = source;
  const hasBody = source.body.length > 0 || (method !== 'GET' && method !== 'HEAD');
  return JSON.stringify({
    ...(hasBody ? { body: source.body.toString(isBase64 ? 'base64' : 'utf8') } : {}),
    headerParameters: declared.header,
    headers: toEventHeaders(source),
    httpMethod: method,
    isBase64Encoded: isBase64,
    path,
    pathParameters: source.pathParameters,
    queryString: toQueryString(source.query),
    queryStringParameters: declared.query,
    requestContext: {
      httpMethod: api.method,
      identity: secretId === undefined ? {} : { secretId },
      path: api.path,
      serviceId: api.serviceId,
      sourceIp,
      stage: api.environment,
    },
    stageVariables: { stage: api.environment },
  });
}

/** What the gateway adds cannot be forged by the client. */
function toEventHeaders(source: EventSource): Record<string, string> {
  const received = Object.entries(source.headers).map(([name, value]) => [name, toText(value)] as const);
  const all = new Map<string, string>([...received, ...Object.entries(toOwnHeaders(source))]);
  return Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function toOwnHeaders({
  api,
  requestId,
  scheme,
}: Pick<EventSource, 'api' | 'requestId' | 'scheme'>): Record<string, string> {
  return {
    requestsource: 'APIGW',
    'x-api-requestid': requestId,
    'x-api-scheme': scheme,
    'x-b3-traceid': requestId,
    'x-qualifier': api.functionQualifier,
  };
}

function toText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

/** The last value of a repeated key wins, as in the official emulator. */
function toQueryString(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}
