import type { Config } from '@vodstack/platform';

export interface Addresses {
  /** Under which clients and links reach the server. */
  readonly publicUrl: string;
  /** Under which the server reaches itself: for the receiver's calls and the callback. */
  readonly ownUrl: string;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);
const ALL_INTERFACES: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOSTS.has(host) || host.startsWith('127.');
}

/** @param port the one in use, which is not the configured one when that is 0 */
export function toAddresses(config: Pick<Config, 'host' | 'publicUrl'>, port: number): Addresses {
  const host = ALL_INTERFACES[config.host] ?? config.host;
  const ownUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { ownUrl, publicUrl: config.publicUrl ?? ownUrl };
}

/**
 * Whether a URL on a private network may be called on a user's behalf: this server itself always; others when the operator
 * says so, or, by default, as long as only this machine can reach the server.
 */
export function createAddressPolicy(
  config: Pick<Config, 'host' | 'allowPrivateAddresses'>,
  addresses: () => Addresses,
): (url: URL) => boolean {
  const isAllowed =
    config.allowPrivateAddresses === 'always' ||
    (config.allowPrivateAddresses === 'auto' && isLoopbackHost(config.host));
  return (url) => {
    const { ownUrl, publicUrl } = addresses();
    return isAllowed || url.origin === new URL(ownUrl).origin || url.origin === new URL(publicUrl).origin;
  };
}
