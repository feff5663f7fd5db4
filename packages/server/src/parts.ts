import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createFunctionService, type FunctionService, functionMigrations } from '@vodstack/functions';
import { createGateway, type Gateway, gatewayMigrations } from '@vodstack/gateway';
import {
  type Config,
  createJobQueue,
  type Credentials,
  type Database,
  DiskBlobStore,
  loadOrCreateCredentials,
  type Logger,
  migrate,
  type RedirectPlace,
  type VirtualClock,
} from '@vodstack/platform';
import { PgOutputStore, receiverMigrations, type ReceiverTables } from '@vodstack/receiver';
import { createVodService, type VodService, type VodTables } from '@vodstack/vod';
import { type Addresses, createAddressPolicy } from './addresses.ts';
import { createLiveStream, type LiveStream } from './console-api/live-stream.ts';
import { createUrlAuthority } from './cloud-api/url-authority.ts';
import { openDataFolder } from './data-folder.ts';
import { createGatewayPort, findFunctionUrl, toFunctionUrl } from './function-gateway.ts';
import { createLaunchExtras } from './functions/launch-extras.ts';
import { openPythonLayer } from './functions/python-layer.ts';
import type { Health } from './health.ts';
import { openDatabase } from './open-database.ts';
import { openMediaTools } from './open-media-tools.ts';
import { toRecordToken } from './receiver/build-receiver.ts';
import type { StopStack } from './stop-stack.ts';
import { VERSION } from './version.ts';

/** Everything the server is made of, built but not yet at work. */
export interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  /** The real time: of certificates, sessions and signatures. */
  readonly clock: () => Date;
  /** The one that tests move, if there is one. */
  readonly virtualClock: VirtualClock | undefined;
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
  /** Where programs that mean the cloud are led; undefined until it listens. */
  readonly redirect: () => RedirectPlace | undefined;
}

const REGION = 'ap-guangzhou';

/** Opens the data folder and the database, upgrades the tables and builds the services. */
export async function buildParts(options: BuildOptions): Promise<Parts> {
  const { config, logger, clock, onProgress, stack, addresses } = options;
  stack.push('data folder', await openDataFolder(config.dataFolder));
  const credentials = await loadOrCreateCredentials(config.dataFolder, config.credentials);
  onProgress('Looking for ffmpeg');
  const media = await openMediaTools(config, logger);
  const { database, description, virtualClock } = await openDatabase(options);
  const serviceClock = virtualClock ? (): Date => virtualClock.now() : clock;
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
      blobs: new DiskBlobStore({ folder: config.blobsFolder }),
      jobs,
      logger,
      tools: media.tools,
      workerId: randomUUID(),
      scratchFolder: join(config.dataFolder, 'scratch'),
      appId,
      publicUrl: () => addresses().publicUrl,
      allowsPrivateAddress: createAddressPolicy(config, addresses),
      pullLimits: { maxBytes: config.pullMaxBytes, idleTimeoutMs: config.pullIdleTimeoutSec * 1000 },
      clock: serviceClock,
      wallClock: clock,
      x264Preset: config.fast ? 'ultrafast' : 'medium',
      partSec: config.partSec,
    },
    { worker: { name: hostname(), version: VERSION, slots: config.transcodeConcurrency } },
  );
  await vod.prepare(credentials);
  const folder = join(config.dataFolder, 'functions');
  const publicUrl = (): string => addresses().publicUrl;
  const { dataFolder, pythonLayer: given } = config;
  const pythonLayer = await openPythonLayer({ dataFolder, given, logger, clock });
  stack.push('Python layer', () => pythonLayer.stop());
  const functions = createFunctionService({
    database,
    logger,
    folder,
    appId,
    region: REGION,
    clock: serviceClock,
    gateway: createGatewayPort(() => gateway, publicUrl),
    toUrl: toFunctionUrl(publicUrl),
    origin: publicUrl,
    logDays: config.functionLogDays,
    extras: createLaunchExtras({
      dataFolder: config.dataFolder,
      key: credentials,
      place: options.redirect,
      pythonLayer,
    }),
  });
  const gateway = createGateway({
    database,
    logger,
    appId,
    clock,
    invoke: ({ gatewayRequestId: traceId, ...call }) => functions.invoke({ ...call, traceId }),
    sendWeb: ({ gatewayRequestId: traceId, namespace, name, qualifier, ...request }) =>
      functions.send({ ...request, traceId, target: { namespace, name, qualifier } }),
    findUrl: (urlId) => findFunctionUrl(functions, urlId),
    findSignatureProblem: createUrlAuthority(vod.keys, clock),
  });
  stack.push('functions', () => functions.stop());
  await functions.start();
  return {
    ...options,
    credentials,
    database,
    virtualClock,
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
      ffmpeg: media.description,
    },
  };
}
