import type { IncomingHttpHeaders } from 'node:http';
import type { CorsPolicy } from './cors.ts';

/** A function URL: the trigger of type `http` of one version or alias. */
export interface FunctionUrl {
  /** 10 lower-case letters and digits. */
  urlId: string;
  namespace: string;
  functionName: string;
  qualifier: string;
  /** CAM: only requests signed with an API key (TC3-HMAC-SHA256, action InvokeFunctionUrl). */
  authType: 'NONE' | 'CAM';
  cors: CorsPolicy | undefined;
  /** Requests go to the function as they are. Default false. */
  isWebFunction?: boolean;
}

/** The address of a function URL below the server's own. */
export function toUrlAddress(urlId: string): string {
  return `/url-${urlId}`;
}

export interface UrlEventSource {
  method: string;
  headers: IncomingHttpHeaders;
  /** As sent, percent-decoded. */
  path: string;
  query: string;
  sourceIp: string;
  requestId: string;
  body: Buffer;
}

/**
 * The event of a function URL as JSON text: the five documented members (583/96099), and `requestContext.sourceIp`, which
 * a probe of 2026 saw. What the gateway adds cannot be forged by the client.
 */
export function toUrlEvent(source: UrlEventSource): string {
  const { method, path, sourceIp, requestId } = source;
  const received = Object.entries(source.headers).map(
    ([name, value]) => [name, String(value ?? '')] as const,
  );
  const own = [
    ['x-scf-remote-addr', sourceIp],
    ['x-scf-request-id', requestId],
  ] as const;
  return JSON.stringify({
    body: source.body.toString('utf8'),
    headers: Object.fromEntries(new Map([...received, ...own])),
    httpMethod: method,
    path,
    queryString: Object.fromEntries(new URLSearchParams(source.query)),
    requestContext: { sourceIp },
  });
}
