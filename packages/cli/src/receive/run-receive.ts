import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import {
  createDurableReceiver,
  createVodClient,
  type DurableReceiver,
  PgOutputStore,
  recordOutputs,
  type ReceiverTables,
  transcode,
} from '@vodstack/receiver';
import { Kysely, PostgresDialect } from 'kysely';
import { aborted, listenForStop } from '../stop-signals.ts';
import { describeFailure } from '../failure.ts';
import type { ReceiveConfig } from './config.ts';
import { explainEventConfig } from './explain-event-config.ts';
import { openReceiverDatabase, type ReceiverDatabase } from './open-database.ts';
import { createOutputHook } from './output-hook.ts';
import { createRoutes } from './routes.ts';

/** Beyond the ten seconds that handlers have to finish. */
const STOP_DEADLINE_MS = 20_000;

/** `vodstack receive`: takes, keeps and handles events until a signal ends it. @throws StartupError */
export async function runReceive(config: ReceiveConfig): Promise<void> {
  const { first: signal, second } = listenForStop(() => {
    console.log('Stopping, what is unfinished goes on at the next start');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  });
  second.addEventListener('abort', () => process.exit(1));
  const database = await openReceiverDatabase(config, log);
  try {
    const receiver = buildReceiver(config, database.pool);
    const server = createServer(
      createRoutes({ receiver, pool: database.pool, outputsToken: config.outputsToken }),
    );
    try {
      await receiver.start();
      const { port } = await listen(server, config);
      console.log(toSummary(config, { port, database: database.description }));
      void printAdvice(config);
      await aborted(signal);
    } finally {
      await close(server);
      await receiver.stop();
    }
  } finally {
    await database.close();
  }
  process.exit(0);
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

/** In vain is no harm: the events come all the same. */
async function printAdvice(config: ReceiveConfig): Promise<void> {
  try {
    const client = createVodClient(config.connection);
    for (const line of await explainEventConfig({ client, ...config })) log(line);
  } catch (error) {
    log(`The account's notification settings could not be read: ${describeFailure(error)}`);
  }
}

function buildReceiver(config: ReceiveConfig, pool: ReceiverDatabase['pool']): DurableReceiver {
  const client = createVodClient(config.connection);
  const api = { client, ...(config.subAppId !== undefined && { subAppId: config.subAppId }) };
  const store = new PgOutputStore({
    db: new Kysely<ReceiverTables>({ dialect: new PostgresDialect({ pool }) }),
  });
  const onOutput = createOutputHook(config);
  return createDurableReceiver({
    database: pool,
    log,
    on: {
      ...(config.transcodes && { NewFileUpload: transcode({ ...api, definitions: config.definitions }) }),
      ProcedureStateChanged: recordOutputs(store, onOutput && { onOutput }),
    },
    signKey: config.signKeys,
    pathSecret: config.pathSecrets,
    confirm: { ...api, mode: config.confirm },
    ...(config.pulls && { pull: api }),
    ...(config.reconcileMinutes > 0 && { reconcile: { ...api, everyMs: config.reconcileMinutes * 60_000 } }),
  });
}

async function listen(server: Server, { host, port }: ReceiveConfig): Promise<AddressInfo> {
  // Slow senders must not hold connections for ever; the cloud gives up after 5 s.
  Object.assign(server, { headersTimeout: 10_000, requestTimeout: 20_000, maxConnections: 5000 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const reason = systemErrorCode(error) ?? error.message;
      reject(
        new StartupError(
          `Cannot listen on ${host}:${port} (${reason}): choose others with --host and --port.`,
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}

/** Lets what is being received be stored and answered. */
async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await closed;
}

function toSummary(config: ReceiveConfig, { port, database }: { port: number; database: string }): string {
  const secret = config.pathSecrets.length > 0 ? '/<path_secret>' : '';
  const checks = [
    config.pathSecrets.length > 0 && 'secret in the path',
    config.signKeys.length > 0 && 'signature',
    config.confirm !== 'off' && `asking the API (${config.confirm})`,
  ].filter(Boolean);
  return [
    '',
    '  The receiver is ready.',
    '',
    `  Callback         http://${config.host}:${port}/callback${secret}`,
    `  Pulls            ${config.pulls ? 'yes' : 'no'}`,
    `  Transcodes       ${config.transcodes ? config.definitions.join(', ') : 'no, it only records'}`,
    `  Trust            ${checks.join(', ') || 'anybody who knows the address: set path_secret'}`,
    `  Gaps             ${config.reconcileMinutes > 0 ? `looked for every ${config.reconcileMinutes} min` : 'not looked for'}`,
    `  Database         ${database}`,
    '',
  ].join('\n');
}
