import { delimiter } from 'node:path';
import { CLOUD_DOMAINS } from './cloud-hosts.ts';
import { redirectPaths } from './redirect-paths.ts';
import type { RedirectPlace } from './redirect-place.ts';

export interface RedirectOptions {
  /** Absolute. */
  readonly dataFolder: string;
  readonly place: RedirectPlace;
  readonly key: { readonly secretId: string; readonly secretKey: string };
  /** What is set already: NODE_OPTIONS, PYTHONPATH and NO_PROXY are kept and added to. */
  readonly existing?: Readonly<Record<string, string | undefined>>;
  /** Names the proxy as well: for programs that are neither Node's nor Python's. */
  readonly isProxyUsed?: boolean;
}

/**
 * The environment in which an unmodified program that means the cloud reaches the local stack, with the local account's key.
 * Setting it twice is setting it once.
 */
export function redirectEnvironment(options: RedirectOptions): Record<string, string> {
  const { dataFolder, place, key, existing = {} } = options;
  const paths = redirectPaths(dataFolder);
  return {
    ...(options.isProxyUsed ? toProxyVariables(place, existing) : {}),
    NODE_OPTIONS: addWord(existing['NODE_OPTIONS'], `--require=${quoteNodeOption(paths.preload)}`),
    NODE_EXTRA_CA_CERTS: paths.authority,
    PYTHONPATH: addPath(existing['PYTHONPATH'], paths.pythonFolder),
    SSL_CERT_FILE: paths.bundle,
    REQUESTS_CA_BUNDLE: paths.bundle,
    CURL_CA_BUNDLE: paths.bundle,
    VODSTACK_REDIRECT_ADDRESS: place.address,
    VODSTACK_REDIRECT_HTTP_PORT: String(place.httpPort),
    VODSTACK_REDIRECT_TLS_PORT: String(place.tlsPort),
    VODSTACK_REDIRECT_HOSTS: CLOUD_DOMAINS.join(','),
    VODSTACK_REDIRECT_CA_BUNDLE: paths.bundle,
    VODSTACK_ENDPOINT: `http://${toAuthority(place.address, place.httpPort)}`,
    VODSTACK_DATA: dataFolder,
    // The SDKs' spelling, and that of the cloud's function service.
    TENCENTCLOUD_SECRET_ID: key.secretId,
    TENCENTCLOUD_SECRET_KEY: key.secretKey,
    TENCENTCLOUD_SECRETID: key.secretId,
    TENCENTCLOUD_SECRETKEY: key.secretKey,
  };
}

/** Both spellings: the Node SDK reads only `http_proxy`, the storage client `https_proxy`, others the upper-case ones. */
function toProxyVariables(
  place: RedirectPlace,
  existing: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const proxy = `http://${toAuthority(place.address, place.proxyPort)}`;
  const given = existing['no_proxy'] ?? existing['NO_PROXY'] ?? '';
  const direct = new Set(
    [...given.split(','), '127.0.0.1', 'localhost', '::1'].filter((host) => host !== ''),
  );
  const noProxy = [...direct].join(',');
  return {
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: noProxy,
    NO_PROXY: noProxy,
  };
}

function toAuthority(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function addWord(given: string | undefined, word: string): string {
  if (!given) return word;
  return ` ${given} `.includes(` ${word} `) ? given : `${given} ${word}`;
}

/** In front: a `sitecustomize` that stands elsewhere on the path is loaded by ours. */
function addPath(given: string | undefined, folder: string): string {
  const others = (given ?? '').split(delimiter).filter((entry) => entry !== '' && entry !== folder);
  return [folder, ...others].join(delimiter);
}

/** Node takes a double-quoted path in NODE_OPTIONS, with backslashes before quotes and backslashes. */
function quoteNodeOption(path: string): string {
  return /^[\w./:@%+=-]+$/.test(path) ? path : `"${path.replace(/["\\]/g, '\\$&')}"`;
}
