/** Where a request goes, read from its Host header or from its path. */
export interface RequestTarget {
  serviceId: string;
  /** The first segment, whatever it is. */
  environment: string;
  /** Percent-decoded, without the environment, at least `/`. */
  path: string;
  /** The query as it came, without `?`. */
  query: string;
}

/** The service of a host such as `service-abcdefgh-1250000000.gz.apigw.tencentcs.com` (any region, any port). */
export function toServiceId(host: string | undefined, appId: string): string | undefined {
  const match =
    /^(?<serviceId>service-[a-z0-9]{8})-(?<appId>\d+)\.[a-z]+\.apigw\.tencentcs\.com(?::\d+)?$/iu.exec(
      host ?? '',
    );
  const { groups } = match ?? {};
  return groups?.['appId'] === appId ? groups['serviceId']?.toLowerCase() : undefined;
}

/** @param hostServiceId the service that the Host header names; without one the path's first segment does */
export function parseRequestTarget(url: string, hostServiceId: string | undefined): RequestTarget {
  const queryStart = url.indexOf('?');
  const pathname = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? '' : url.slice(queryStart + 1);
  const segments = pathname.split('/').slice(1);
  const serviceId = hostServiceId ?? segments.shift() ?? '';
  const [environment = '', ...rest] = segments;
  return { serviceId, environment, path: `/${decodePath(rest.join('/'))}`, query };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
