import type { AddressInfo } from 'node:net';
import { errorMessage, StartupError, systemErrorCode } from '../errors.ts';

export interface ListenOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
}

/** What the owner sets to choose another port. */
export interface PortSetting {
  option: string;
  variable: string;
}

const HTTP_PORT: PortSetting = { option: '--port', variable: 'VODSTACK_PORT' };

/** What this needs of a Fastify instance, whatever its type parameters are. */
export interface Listenable {
  listen(options: ListenOptions): Promise<string>;
  server: { address(): AddressInfo | string | null };
}

/** Listens and gives the port in use. @throws StartupError with one sentence that says what to do */
export async function listenOrExplain(
  app: Listenable,
  options: ListenOptions,
  setting: PortSetting = HTTP_PORT,
): Promise<{ port: number }> {
  try {
    await app.listen(options);
  } catch (error) {
    throw new StartupError(explain(error, options, setting), { cause: error });
  }
  const address = app.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : options.port };
}

function explain(error: unknown, { host, port }: ListenOptions, { option, variable }: PortSetting): string {
  switch (systemErrorCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is already in use: stop the other program or choose another port with ${option} or ${variable}.`;
    case 'EACCES':
      return `This user may not listen on port ${port}: choose one from 1024 up with ${option} or ${variable}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}: choose another with --host or VODSTACK_HOST.`;
    case undefined:
    default:
      return `Cannot listen on ${host}:${port}: ${errorMessage(error)}`;
  }
}
