import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigOptions, createLogger, loadConfig, type Logger } from '@vodstack/platform';
import { type RunningServer, startServer } from './start-server.ts';

/** As the options of `vodstack up`, by the names of loadConfig; the environment does not matter. */
export interface VodstackOptions extends Omit<ConfigOptions, 'dataFolder' | 'databaseUrl' | 'blobsFolder'> {
  /** Default: none. */
  readonly logger?: Logger;
}

/** A copy of everything that a stack holds. */
export interface Snapshot {
  /** Forgets the copy. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A whole stack in this process, for tests. */
export interface Vodstack {
  /** The same for as long as it lives. */
  readonly url: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly appId: number;
  /** Settings for the official SDK's clients. */
  readonly clientConfig: {
    readonly credential: { readonly secretId: string; readonly secretKey: string };
    readonly region: string;
    readonly profile: { readonly httpProfile: { readonly endpoint: string; readonly protocol: string } };
  };
  /** As it was right after its start: no media, no events, the same key and address. */
  reset(): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** Goes back to what it was when the copy was made. */
  restore(snapshot: Snapshot): Promise<void>;
  /** Also takes its data folder away. Concurrent callers share one stop. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a stack for tests: on a free port, with a data folder of its own.
 * @example await using vodstack = await startVodstack({ port: 0, virtualClock: 'on' });
 * @throws StartupError, ConfigError
 */
export async function startVodstack(options: VodstackOptions = {}): Promise<Vodstack> {
  const { logger = createLogger({ level: 'silent' }), ...given } = options;
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-'));
  const dataFolder = join(folder, 'data');
  const start = (port: ConfigOptions['port']): Promise<RunningServer> =>
    startServer({
      config: loadConfig({
        env: { PATH: process.env['PATH'] },
        options: { tlsPort: 0, proxyPort: 0, ...given, dataFolder, port },
      }),
      logger,
    });
  let server = await start(given.port ?? 0);
  const { ownUrl: url } = server.addresses;
  const { secretId, secretKey, appId } = server.credentials;
  const copies = new Map<Snapshot, string>();
  let stopping: Promise<void> | undefined;
  let changing: Promise<void> = Promise.resolve();

  /** Changes the data folder while nothing uses it, one change after the other. */
  function between(change: () => Promise<void>): Promise<void> {
    const changed = changing.then(async () => {
      await server.stop();
      await change();
      server = await start(new URL(url).port);
    });
    changing = changed.catch(() => undefined);
    return changed;
  }

  async function stop(): Promise<void> {
    await changing;
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }

  const stopOnce = (): Promise<void> => (stopping ??= stop());
  return {
    url,
    secretId,
    secretKey,
    appId,
    clientConfig: {
      credential: { secretId, secretKey },
      region: 'ap-guangzhou',
      profile: { httpProfile: { endpoint: new URL(url).host, protocol: 'http://' } },
    },
    reset: () => between(() => emptyDataFolder(dataFolder)),
    async snapshot() {
      const copy = await mkdtemp(join(folder, 'snapshot-'));
      const snapshot: Snapshot = {
        async [Symbol.asyncDispose]() {
          copies.delete(snapshot);
          await rm(copy, { recursive: true, force: true });
        },
      };
      await between(() => cp(dataFolder, copy, { recursive: true, preserveTimestamps: true }));
      copies.set(snapshot, copy);
      return snapshot;
    },
    async restore(snapshot) {
      const copy = copies.get(snapshot);
      if (copy === undefined) throw new Error('this is no snapshot of this stack, or it has been forgotten');
      await between(async () => {
        await rm(dataFolder, { recursive: true, force: true });
        await cp(copy, dataFolder, { recursive: true, preserveTimestamps: true });
      });
    },
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

/** All but the key. */
async function emptyDataFolder(dataFolder: string): Promise<void> {
  for (const name of await readdir(dataFolder)) {
    if (name !== 'credentials.json') await rm(join(dataFolder, name), { recursive: true, force: true });
  }
}
