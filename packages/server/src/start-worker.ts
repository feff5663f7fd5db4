import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Config,
  createJobQueue,
  DiskBlobStore,
  type Logger,
  StartupError,
  type StopOptions,
} from '@vodstack/platform';
import {
  createVodWorker,
  followServer,
  type ServerFollower,
  type VodContext,
  type VodTables,
} from '@vodstack/vod';
import { openDatabase } from './open-database.ts';
import { openMediaTools } from './open-media-tools.ts';
import { createStopStack } from './stop-stack.ts';
import { VERSION } from './version.ts';
import { openWorkerFolder, type WorkerFolder } from './worker-folder.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly onProgress: (step: string) => void;
  /** Aborting gives the start up at its next step. */
  readonly signal: AbortSignal;
}

export interface RunningWorker {
  readonly name: string;
  readonly slots: number;
  /** How the database and ffmpeg are run, one sentence each. */
  readonly description: { readonly database: string; readonly ffmpeg: string };
  /** Finishes what it has begun until `drain` aborts, gives the rest back, and stops. */
  stop(options?: StopOptions): Promise<void>;
}

/**
 * Starts a process that does nothing but tasks: it needs the server's database and the folder with its blobs, and no port.
 * @throws StartupError with one sentence for the owner
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, logger, signal } = options;
  const stack = createStopStack();
  const onProgress = (step: string): void => {
    signal.throwIfAborted();
    options.onProgress(step);
  };
  try {
    await assertServerNearby(config);
    const folder = await openWorkerFolder(config.dataFolder);
    stack.push('worker folder', () => folder.release());
    onProgress('Looking for ffmpeg');
    const media = await openMediaTools(config, logger);
    const { database, description } = await openDatabase({ config, logger, onProgress, stack });
    onProgress('Waiting for the server');
    const server = await followServer(database, { logger, signal });
    stack.push('server record', () => server.stop());
    const jobs = createJobQueue({ database, logger });
    stack.push('job queue', () => jobs.stop());
    await jobs.start();
    const slots = Math.max(1, config.transcodeConcurrency);
    const context = createContext({ config, logger, database, jobs, folder, server, tools: media.tools });
    const worker = createVodWorker(context, { name: folder.name, version: VERSION, slots });
    stack.push('worker', () => worker.stop());
    await worker.start();
    signal.throwIfAborted();
    return {
      name: folder.name,
      slots,
      description: { database: description, ffmpeg: media.description },
      async stop(stopOptions) {
        await worker.stop(stopOptions);
        await stack.run(logger);
      },
    };
  } catch (error) {
    await stack.run(logger);
    throw error;
  }
}

interface ContextParts extends Pick<VodContext, 'database' | 'jobs' | 'logger' | 'tools'> {
  readonly config: Config;
  readonly folder: WorkerFolder;
  readonly server: ServerFollower;
}

function createContext({ config, folder, server, ...parts }: ContextParts): VodContext {
  return {
    ...parts,
    db: parts.database.kysely<VodTables>(),
    blobs: new DiskBlobStore({ folder: config.blobsFolder, partsName: folder.name }),
    workerId: randomUUID(),
    scratchFolder: join(folder.path, 'scratch'),
    appId: server.current().appId,
    publicUrl: () => server.current().publicUrl,
    // ComposeMedia fetches what URLs name. That a server listens on loopback alone says nothing of a worker's network.
    allowsPrivateAddress: () => config.allowPrivateAddresses === 'always',
    pullLimits: { maxBytes: config.pullMaxBytes, idleTimeoutMs: config.pullIdleTimeoutSec * 1000 },
    clock: () => new Date(),
    wallClock: () => new Date(),
    x264Preset: config.fast ? 'ultrafast' : 'medium',
    partSec: config.partSec,
  };
}

/** Without a database URL it joins the embedded database of a server on this machine; it must not make an empty one. */
async function assertServerNearby({ databaseUrl, dataFolder }: Config): Promise<void> {
  if (databaseUrl !== undefined) return;
  const cluster = join(dataFolder, 'postgres');
  if (await stat(cluster).catch(() => null)) return;
  throw new StartupError(
    `There is no server's database in ${dataFolder}: set VODSTACK_DATABASE_URL to the one that the server uses, or --data to the data folder of a server on this machine.`,
  );
}
