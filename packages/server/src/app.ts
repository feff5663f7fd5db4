import { fileURLToPath } from 'node:url';
import type { ReceiverTables } from '@vodstack/receiver';
import { answerUnreadableUrl } from '@vodstack/vod';
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { type CallAction, registerApiRoutes } from './cloud-api/api-routes.ts';
import { registerPackageRoutes } from './functions/package-routes.ts';
import { createFunctionActions } from './cloud-api/function-actions.ts';
import { refuseStorageAction } from './cloud-api/storage-actions.ts';
import { registerConsolePages } from './console-api/console-pages.ts';
import { type AccountView, registerConsoleRoutes } from './console-api/console-routes.ts';
import type { FunctionParts } from './console-api/function-routes.ts';
import { createFunctionViews } from './console-api/function-views.ts';
import { createGatewayViews } from './console-api/gateway-views.ts';
import { createSessions } from './console-api/session.ts';
import { readSystemFacts } from './console-api/system-routes.ts';
import { registerHealth } from './health.ts';
import type { Parts } from './parts.ts';
import { registerOutputRoutes } from './receiver/output-routes.ts';
import { refuseConnection } from './refuse-connection.ts';
import { rewriteHost } from './rewrite-host.ts';
import { VERSION } from './version.ts';

const CONSOLE_FOLDER = fileURLToPath(new URL('../../console/dist', import.meta.url));
/** Longer than the clients keep idle connections: they do not repeat a request that meets a connection being closed. */
const KEEP_ALIVE_MS = 70_000;
/** The API takes GET requests of 32 KB; a little more is read to be able to say so. */
const MAX_HEADER_BYTES = 64 * 1024;
/** An upload may take its time; one that has stopped moving may not. */
const STALLED_CONNECTION_MS = 120_000;

/** The one HTTP server, with everything that answers on it. */
export async function createApp(parts: Parts): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = parts.logger;
  const app: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: STALLED_CONNECTION_MS,
    requestTimeout: 0,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2000 },
    rewriteUrl: rewriteHost,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => {
      answerUnreadableUrl(parts.logger, error, request, reply);
    },
  });
  registerHealth(app, parts.health, parts.database, parts.logger);
  await registerApiRoutes(app, {
    keys: parts.vod.keys,
    services: new Map<string, CallAction>([
      ['2018-07-17', (...call) => parts.vod.call(...call)],
      ['2024-07-18', (action) => refuseStorageAction(action)],
      ['2018-04-16', createFunctionActions(parts.functions)],
      ['2018-08-13', (...call) => parts.vod.callTokenService(...call)],
    ]),
    rateLimit: parts.config.rateLimit,
    clock: parts.clock,
    logger: parts.logger,
  });
  await parts.vod.registerRoutes(app);
  parts.gateway.registerRoutes(app);
  registerPackageRoutes(app, parts.functions);
  registerOutputRoutes(app, { store: parts.outputs, token: parts.recordToken });
  await registerConsole(app, parts);
  return app;
}

async function registerConsole(app: FastifyInstance, parts: Parts): Promise<void> {
  const { vod, live, clock, logger, credentials } = parts;
  await registerConsoleRoutes(app, {
    vod,
    live,
    clock,
    logger,
    functions: createFunctionParts(parts),
    virtualClock: parts.virtualClock,
    findRecords: (fileId) => findRecords(parts, fileId),
    account: () => describeAccount(parts),
    system: () =>
      readSystemFacts({
        database: parts.database,
        dataFolder: parts.config.dataFolder,
        isolation: () => parts.functions.isolation(),
      }),
    secretKey: credentials.secretKey,
    sessions: createSessions({ ...credentials, clock }),
  });
  await registerConsolePages(app, CONSOLE_FOLDER, () => parts.addresses().publicUrl);
}

function createFunctionParts({ functions, gateway, addresses, logger }: Parts): FunctionParts {
  const publicUrl = (): string => addresses().publicUrl;
  return {
    views: createFunctionViews(functions, gateway, publicUrl),
    gateway: createGatewayViews(functions, gateway, publicUrl),
    actions: { call: createFunctionActions(functions), logger },
  };
}

function describeAccount({ addresses, config, credentials, description, receiver }: Parts): AccountView {
  const { publicUrl } = addresses();
  return {
    ...description,
    appId: credentials.appId,
    secretId: credentials.secretId,
    endpoint: publicUrl,
    receiverAddress: receiver.address,
    consoleUrl: `${publicUrl}/console/`,
    version: VERSION,
    dataFolder: config.dataFolder,
  };
}

async function findRecords({ database }: Parts, fileId: string): Promise<object[]> {
  const rows = await database
    .kysely<ReceiverTables>()
    .selectFrom('receiver.output')
    .select(['definition', 'url', 'recorded_at', 'times_seen'])
    .where('file_id', '=', fileId)
    .orderBy('definition')
    .execute();
  return rows.map((row) => ({
    definition: row.definition,
    url: row.url,
    recordedAt: row.recorded_at.toISOString(),
    timesSeen: row.times_seen,
  }));
}
