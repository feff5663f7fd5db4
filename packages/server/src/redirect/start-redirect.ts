import type { AddressInfo, Server } from 'node:net';
import {
  type Config,
  listenOrExplain,
  type Logger,
  type PortSetting,
  redirectPaths,
  type RedirectPlace,
  StartupError,
  systemErrorCode,
  writeRedirectPlace,
} from '@vodstack/platform';
import type { FastifyInstance } from 'fastify';
import { openCertificateAuthority } from './certificate-authority.ts';
import { createConnectProxy } from './connect-proxy.ts';
import { writeRedirectFiles } from './redirect-files.ts';
import { createTlsFront } from './tls-front.ts';

export interface RedirectDeps {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  /** Listening. */
  readonly app: FastifyInstance;
  /** At which this machine reaches it. */
  readonly address: string;
  readonly httpPort: number;
  /** Registers what must be undone. */
  readonly onStop: (name: string, stop: () => void) => void;
}

const TLS_OFFSET = 363;
const PROXY_OFFSET = 1;
const TLS_PORT: PortSetting = { option: '--tls-port', variable: 'VODSTACK_TLS_PORT' };
const PROXY_PORT: PortSetting = { option: '--proxy-port', variable: 'VODSTACK_PROXY_PORT' };

/** Lets programs reach the stack by the cloud's own host names: TLS, a proxy, and the files that programs are started with. */
export async function startRedirect(deps: RedirectDeps): Promise<RedirectPlace> {
  const { config, logger, clock, app, address, httpPort, onStop } = deps;
  const authority = await openCertificateAuthority(redirectPaths(config.dataFolder), clock);
  await writeRedirectFiles(config.dataFolder, authority.certificate);
  const front = createTlsFront({ authority, http: app.server, logger });
  onStop('TLS', () => front.stop());
  const tlsPort = await listen(front.server, config.host, {
    given: config.tlsPort,
    usual: toUsualPort(config.port, TLS_OFFSET),
    setting: TLS_PORT,
  });
  const targets = { address, httpPort, tlsPort };
  const proxy = createConnectProxy({ targets, isOpen: config.proxyPassthrough === 'always' });
  onStop('proxy', () => proxy.stop());
  const proxyPort = await listen(proxy.server, config.host, {
    given: config.proxyPort,
    usual: toUsualPort(config.port, PROXY_OFFSET),
    setting: PROXY_PORT,
  });
  const place = { ...targets, proxyPort };
  await writeRedirectPlace(config.dataFolder, place);
  return place;
}

/** Any free one beside any free one, and beyond the last. */
function toUsualPort(httpPort: number, offset: number): number {
  return httpPort === 0 || httpPort + offset > 65_535 ? 0 : httpPort + offset;
}

/** A port that the owner named must be free; the usual one gives way to any free one: programs learn it from the data folder. */
async function listen(
  server: Server,
  host: string,
  { given, usual, setting }: { given: number | undefined; usual: number; setting: PortSetting },
): Promise<number> {
  try {
    return await listenAt(server, { host, port: given ?? usual }, setting);
  } catch (error) {
    const isTaken = error instanceof StartupError && systemErrorCode(error.cause) === 'EADDRINUSE';
    if (!isTaken || given !== undefined) throw error;
    return await listenAt(server, { host, port: 0 }, setting);
  }
}

async function listenAt(
  server: Server,
  place: { host: string; port: number },
  setting: PortSetting,
): Promise<number> {
  const listenable = {
    server: { address: (): AddressInfo | string | null => server.address() },
    listen: async (options: { host: string; port: number }): Promise<string> => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      server.once('error', reject);
      server.listen(options, () => resolve(''));
      try {
        return await promise;
      } finally {
        server.removeListener('error', reject);
      }
    },
  };
  return (await listenOrExplain(listenable, place, setting)).port;
}
