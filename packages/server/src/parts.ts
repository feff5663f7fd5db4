import { join } from 'node:path';
import { createFunctionService, type FunctionService, functionMigrations } from '@vodstack/functions';
import { createGateway, type Gateway, gatewayMigrations } from '@vodstack/gateway';
import {
  type Config,
  createDatabase,
  createEmbeddedPostgres,
  createJobQueue,
  type Credentials,
  type Database,
  DiskBlobStore,
  errorMessage,
  findMediaTools,
  loadOrCreateCredentials,
  type Logger,
  migrate,
  StartupError,
} from '@vodstack/platform';
import { PgOutputStore, receiverMigrations, type ReceiverTables } from '@vodstack/receiver';
import { createVodService, prepareMediaTools, type VodService, type VodTables } from '@vodstack/vod';
import { type Addresses, createAddressPolicy } from './addresses.ts';
import { createLiveStream, type LiveStream } from './console-api/live-stream.ts';
import { createUrlAuthority } from './cloud-api/url-authority.ts';
import { openDataFolder } from './data-folder.ts';
import { createGatewayPort, findFunctionUrl, toFunctionUrl } from './function-gateway.ts';
import type { Health } from './health.ts';
import { toRecordToken } from './receiver/build-receiver.ts';
import type { StopStack } from './stop-stack.ts';

/** Everything the server is made of, built but not yet at work. */
export interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly stack: StopStack;
  readonly addresses: () => Addresses;
  readonly credentials: Credentials;
  readonly database: Database;
  readonly vod: VodService;
  readonly functions: FunctionService;
  readonly gateway: Gateway;
  readonly outputs: PgOutputStore;
  readonly live: LiveStream;
  readonly health: Health;
  readonly recordToken: string;
  readonly receiver: { address: string };
  readonly description: { readonly database: string; readonly ffmpeg: string };
}

export interface BuildOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly onProgress: (step: string) => void;
  readonly stack: StopStack;
  readonly addresses: () => Addresses;
}

const REGION = 'ap-guangzhou';
/** Where ffmpeg was found, in words. */
const FFMPEG_SOURCES = { configured: 'FFMPEG_PATH', path: 'from PATH', npm: 'from npm' } as const;

/** Opens the data folder and the database, upgrades the tables and builds the services. */
export async function buildParts(options: BuildOptions): Promise<Parts> {
  const { config, logger, clock, onProgress, stack, addresses } = options;
  stack.push('data folder', await openDataFolder(config.dataFolder));
  const credentials = await loadOrCreateCredentials(config.dataFolder, config.credentials);
  onProgress('Looking for ffmpeg');
  const found = await findMediaTools(config);
  const tools = await prepareMediaTools(found, { logger, searchPath: config.searchPath });
  const { database, description } = await openDatabase(options);
  onProgress('Preparing the tables');
  await migrate(database, 'scf', functionMigrations);
  await migrate(database, 'gateway', gatewayMigrations);
  await migrate(database, 'receiver', receiverMigrations);
  const jobs = createJobQueue({ database, logger });
  stack.push('job queue', () => jobs.stop());
  await jobs.start();
  const { appId } = credentials;
  const vod = createVodService(
    {
      database,
      db: database.kysely<VodTables>(),
      blobs: new DiskBlobStore({ folder: join(config.dataFolder, 'blobs') }),
      jobs,
      logger,
      tools,
      scratchFolder: join(config.dataFolder, 'scratch'),
      appId,
      publicUrl: () => addresses().publicUrl,
      allowsPrivateAddress: createAddressPolicy(config, addresses),
      pullLimits: { maxBytes: config.pullMaxBytes, idleTimeoutMs: config.pullIdleTimeoutSec * 1000 },
      clock,
    },
    { concurrency: config.transcodeConcurrency },
  );
  await vod.prepare(credentials);
  const folder = join(config.dataFolder, 'functions');
  const publicUrl = (): string => addresses().publicUrl;
  const functions = createFunctionService({
    database,
    logger,
    folder,
    appId,
    region: REGION,
    clock,
    gateway: createGatewayPort(() => gateway, publicUrl),
    toUrl: toFunctionUrl(publicUrl),
    origin: publicUrl,
  });
  const gateway = createGateway({
    database,
    logger,
    appId,
    clock,
    invoke: ({ gatewayRequestId: traceId, ...call }) => functions.invoke({ ...call, traceId }),
    findUrl: (urlId) => findFunctionUrl(functions, urlId),
    findSignatureProblem: createUrlAuthority(vod.keys, clock),
  });
  stack.push('functions', () => functions.stop());
  await functions.start();
  return {
    ...options,
    credentials,
    database,
    vod,
    functions,
    gateway,
    outputs: new PgOutputStore({ db: database.kysely<ReceiverTables>() }),
    live: createLiveStream(database),
    health: { pending: new Map([['start', 'the server is still starting']]) },
    recordToken: toRecordToken(credentials.secretKey),
    receiver: { address: '' },
    description: {
      database: description,
      ffmpeg: `ffmpeg ${found.version} (${FFMPEG_SOURCES[found.source]})`,
    },
  };
}

async function openDatabase({
  config,
  logger,
  onProgress,
  stack,
}: BuildOptions): Promise<{ database: Database; description: string }> {
  if (config.databaseUrl !== undefined) {
    onProgress('Connecting to PostgreSQL');
    const database = createDatabase({ connection: { connectionString: config.databaseUrl }, logger });
    stack.push('database', () => database.close());
    await assertReachable(database, config.databaseUrl);
    return { database, description: `PostgreSQL at ${new URL(config.databaseUrl).host}` };
  }
  onProgress('Starting the embedded PostgreSQL');
  const folder = join(config.dataFolder, 'postgres');
  const embedded = createEmbeddedPostgres({ folder, logger, onProgress });
  stack.push('embedded PostgreSQL', () => embedded.stop());
  const database = createDatabase({ connection: await embedded.start(), logger });
  stack.push('database', () => database.close());
  return { database, description: embedded.describe() };
}

async function assertReachable(database: Database, url: string): Promise<void> {
  try {
    await database.pool.query('select 1');
  } catch (error) {
    throw new StartupError(
      `PostgreSQL at ${new URL(url).host} cannot be used (${errorMessage(error)}): check VODSTACK_DATABASE_URL.`,
      { cause: error },
    );
  }
}
