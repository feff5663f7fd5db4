/** Where a request goes, read from its Host header or from its path. */
export interface RequestTarget {
  serviceId: string;
  /** The first segment, whatever it is. */
  environment: string;
  /** Percent-decoded, without the environment, at least `/`. */
  path: string;
  /** The query as it came, without `?`. */
  query: string;
  /** Path and query as they came, without the environment. */
  rawUrl: string;
}

/** What a host name of the cloud stands for. */
export type HostTarget = { kind: 'service'; serviceId: string } | { kind: 'url'; urlId: string };

/** The cloud's forms, old and new, of any region; the intranet's as well. */
const SERVICE_HOST =
  /^(?<id>service-[a-z0-9]{8})-(?<appId>\d+)\.[a-z0-9-]+\.(?:apigw\.tencentcs\.com|apigateway\.myqcloud\.com|tencentapigw\.com)(?::\d+)?$/iu;
const URL_HOST =
  /^(?<appId>\d+)-(?<id>[a-z0-9]{10})(?:\.in)?\.[a-z0-9-]+(?:\.in)?\.tencentscf\.com(?::\d+)?$/iu;
const OLD_URL_HOST = /^(?<appId>\d+)-(?<id>[a-z0-9]{10})-[a-z0-9-]+\.scf\.tencentcs\.com(?::\d+)?$/iu;

/**
 * What a Host header such as `service-abcdefgh-1250000000.gz.apigw.tencentcs.com` or
 * `1250000000-abcdefghij.ap-guangzhou.tencentscf.com` names; undefined for any other, and for another account's.
 */
export function parseHost(host: string | undefined, appId: string): HostTarget | undefined {
  const service = SERVICE_HOST.exec(host ?? '')?.groups;
  const url = (URL_HOST.exec(host ?? '') ?? OLD_URL_HOST.exec(host ?? ''))?.groups;
  if (service?.['appId'] === appId)
    return { kind: 'service', serviceId: String(service['id']).toLowerCase() };
  if (url?.['appId'] === appId) return { kind: 'url', urlId: String(url['id']).toLowerCase() };
  return undefined;
}

/** @param hostServiceId the service that the Host header names; without one the path's first segment does */
export function parseRequestTarget(url: string, hostServiceId: string | undefined): RequestTarget {
  const [pathname = '', query = ''] = splitOnce(url, '?');
  const segments = pathname.split('/').slice(1);
  const serviceId = hostServiceId ?? segments.shift() ?? '';
  const [environment = '', ...rest] = segments;
  const path = `/${rest.join('/')}`;
  return { serviceId, environment, path: decodePath(path), query, rawUrl: path + toSearch(url) };
}

/** A function URL has no environment: everything behind its address is the path. */
export function parseUrlTarget(
  url: string,
  hostUrlId: string | undefined,
): { urlId: string; path: string; query: string; rawUrl: string } {
  const [pathname = '', query = ''] = splitOnce(url, '?');
  if (hostUrlId !== undefined) return { urlId: hostUrlId, path: decodePath(pathname), query, rawUrl: url };
  const [, first = '', ...rest] = pathname.split('/');
  const path = `/${rest.join('/')}`;
  return {
    urlId: first.replace(/^url-/u, ''),
    path: decodePath(path),
    query,
    rawUrl: path + toSearch(url),
  };
}

/** With its `?`; a lone one as well. */
function toSearch(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
