import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigOptions, createLogger, loadConfig } from '@vodstack/platform';
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
  createClient(options?: { secretId?: string; secretKey?: string; signMethod?: string; reqMethod?: string }): Client;
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
  const server = await startServer({ config, logger: createLogger({ level: process.env['VODSTACK_LOG_LEVEL'] ?? 'silent', pretty: true }) });
  const url = server.addresses.publicUrl;
  const createClient: Stack['createClient'] = ({ secretId, secretKey, signMethod, reqMethod } = {}) =>
    new Client({
      credential: { secretId: secretId ?? server.credentials.secretId, secretKey: secretKey ?? server.credentials.secretKey },
      region: 'ap-guangzhou',
      profile: {
        ...(signMethod ? { signMethod: signMethod as 'HmacSHA1' } : {}),
        httpProfile: { endpoint: new URL(url).host, protocol: 'http://', ...(reqMethod ? { reqMethod: reqMethod as 'GET' } : {}) },
      },
    });
  return {
    url,
    dataFolder,
    server,
    client: createClient(),
    createClient,
    async stop() {
      await server.stop();
      await external?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
