import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigOptions,
  type ConnectionOptions,
  createDatabase,
  createEmbeddedPostgres,
  createLogger,
  type Database,
  loadConfig,
} from '@vodstack/platform';
import { type RunningServer, startServer } from '@vodstack/server';
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { startTestDatabase } from '../../packages/platform/test/support/test-database.ts';

export interface Stack {
  readonly url: string;
  readonly dataFolder: string;
  readonly server: RunningServer;
  /** The official client with the account's key. */
  readonly client: Client;
  /** The same with other settings of the SDK. */
  createClient(options?: {
    secretId?: string;
    secretKey?: string;
    token?: string;
    signMethod?: string;
    reqMethod?: string;
  }): Client;
  /** Its database, for what no API shows or sets. */
  openDatabase(): Promise<Database>;
  stop(): Promise<void>;
}

/** The whole stack in this process, on a free port, with a data folder of its own. */
export async function startStack(options: ConfigOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-stack-'));
  const dataFolder = join(folder, 'data');
  // Against a separate PostgreSQL when the run names one; otherwise the server starts its own, as for a user.
  const external = process.env['VODSTACK_TEST_DATABASE_URL'] ? await startTestDatabase() : undefined;
  const config = loadConfig({
    env: { PATH: process.env['PATH'] },
    options: { port: 0, dataFolder, databaseUrl: external?.connection.connectionString, ...options },
  });
  const server = await startServer({
    config,
    logger: createLogger({ level: process.env['VODSTACK_LOG_LEVEL'] ?? 'silent', pretty: true }),
  });
  // Not the public one: a test may give that away.
  const url = server.addresses.ownUrl;
  let database: Promise<Database> | undefined;
  const createClient: Stack['createClient'] = ({ secretId, secretKey, token, signMethod, reqMethod } = {}) =>
    new Client({
      credential: {
        secretId: secretId ?? server.credentials.secretId,
        secretKey: secretKey ?? server.credentials.secretKey,
        ...(token ? { token } : {}),
      },
      region: 'ap-guangzhou',
      profile: {
        ...(signMethod ? { signMethod: signMethod as 'HmacSHA1' } : {}),
        httpProfile: {
          endpoint: new URL(url).host,
          protocol: 'http://',
          ...(reqMethod ? { reqMethod: reqMethod as 'GET' } : {}),
        },
      },
    });
  return {
    url,
    dataFolder,
    server,
    client: createClient(),
    createClient,
    openDatabase: () => (database ??= openDatabase(dataFolder, external?.connection)),
    async stop() {
      await (await database)?.close();
      await server.stop();
      await external?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A second user of the stack's database. */
async function openDatabase(dataFolder: string, external: ConnectionOptions | undefined): Promise<Database> {
  const logger = createLogger({ level: 'silent' });
  const embedded = external
    ? undefined
    : createEmbeddedPostgres({ folder: join(dataFolder, 'postgres'), logger });
  const connection = external ?? (await embedded?.start()) ?? {};
  const database = createDatabase({ connection, logger, poolSize: 2 });
  return {
    ...database,
    async close() {
      await database.close();
      await embedded?.stop();
    },
  };
}

/** A stack that tells nobody of its events: the receiver that every stack deploys would start transcoding each upload. */
export async function startQuietStack(options: ConfigOptions = {}): Promise<Stack> {
  const stack = await startStack(options);
  await stack.client.ModifyEventConfig({ NotificationUrl: '', UploadMediaCompleteEventSwitch: 'OFF' });
  return stack;
}
