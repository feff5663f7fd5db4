import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import { CLOUD_DOMAINS, isCloudHost, type Logger } from '@vodstack/platform';
import type { CertificateAuthority } from './certificate-authority.ts';

export interface TlsFront {
  readonly server: Server;
  /** Takes no more connections and drops unfinished handshakes. What was handed over ends with the HTTP server. */
  stop(): void;
}

export interface TlsFrontDeps {
  readonly authority: CertificateAuthority;
  /** Answers what comes in. */
  readonly http: HttpServer;
  readonly logger: Logger;
}

const MOST_CONTEXTS = 200;
/** Well before the certificates end. */
const CONTEXT_LIFE_MS = 30 * 86_400_000;
/** For clients that name no host, or none of ours. */
const DEFAULT_NAMES: readonly string[] = [
  ...CLOUD_DOMAINS.flatMap((domain) => [domain, `*.${domain}`]),
  'localhost',
  '127.0.0.1',
  '::1',
];

/** Ends TLS for the cloud's host names and hands the connections to the HTTP server: same routes, same limits. */
export function createTlsFront({ authority, http, logger }: TlsFrontDeps): TlsFront {
  const contexts = createContextCache(authority);
  const pending = new Set<Socket>();
  const server = createServer({
    ...authority.issue(DEFAULT_NAMES),
    ALPNProtocols: ['http/1.1'],
    // As https.createServer has it: a client may end its side once it has asked.
    allowHalfOpen: true,
    SNICallback(name, callback) {
      // Without a context the server's own certificate is shown.
      if (!isCloudHost(name)) return callback(null);
      try {
        callback(null, contexts(name.toLowerCase()));
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
  server.on('connection', (socket: Socket) => {
    pending.add(socket);
    socket.once('close', () => pending.delete(socket));
  });
  server.on('secureConnection', (socket) => http.emit('connection', socket));
  server.on('tlsClientError', (error) => logger.debug({ err: error }, 'a TLS handshake failed'));
  return {
    server,
    stop() {
      server.close();
      for (const socket of pending) socket.destroy();
    },
  };
}

function createContextCache(authority: CertificateAuthority): (name: string) => SecureContext {
  const cache = new Map<string, { context: SecureContext; madeAt: number }>();
  return (name) => {
    const found = cache.get(name);
    if (found && performance.now() - found.madeAt < CONTEXT_LIFE_MS) return found.context;
    const context = createSecureContext(authority.issue([name]));
    cache.delete(name);
    cache.set(name, { context, madeAt: performance.now() });
    const [oldest] = cache.keys();
    if (cache.size > MOST_CONTEXTS && oldest !== undefined) cache.delete(oldest);
    return context;
  };
}
