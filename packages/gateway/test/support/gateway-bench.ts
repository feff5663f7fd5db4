import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import { createDatabase, createLogger, migrate, type Database } from '@vodstack/platform';
import { startTestDatabase } from '../../../platform/test/support/test-database.ts';
import {
  createGateway,
  gatewayMigrations,
  type FunctionCall,
  type FunctionUrl,
  type Gateway,
} from '../../src/index.ts';

export interface HttpResult {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface SendOptions {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** A gateway behind a real HTTP server. The functions are what the test puts into `functions`. */
export interface GatewayBench {
  database: Database;
  gateway: Gateway;
  server: FastifyInstance;
  calls: FunctionCall[];
  functions: Map<string, (call: FunctionCall) => Promise<{ statusCode: number; retMsg: string }>>;
  urls: Map<string, FunctionUrl>;
  /** What the check of a CAM signature finds wrong. */
  signature: { problem: string | undefined };
  /** Its clock stands still. */
  now: { date: Date };
  send(path: string, options?: SendOptions): Promise<HttpResult>;
  close(): Promise<void>;
}

const APP_ID = '1250000000';

export async function openGatewayBench(): Promise<GatewayBench> {
  const postgres = await startTestDatabase();
  const logger = createLogger({ level: 'silent' });
  const database = createDatabase({ connection: postgres.connection, logger });
  await migrate(database, 'gateway', gatewayMigrations);
  const calls: FunctionCall[] = [];
  const functions: GatewayBench['functions'] = new Map();
  const urls: GatewayBench['urls'] = new Map();
  const signature: GatewayBench['signature'] = { problem: undefined };
  const now = { date: new Date() };
  const gateway = createGateway({
    database,
    clock: () => now.date,
    findUrl: async (urlId) => urls.get(urlId),
    sendWeb: async () => {
      throw new Error('no web function here');
    },
    findSignatureProblem: async () => signature.problem,
    logger,
    appId: APP_ID,
    async invoke(call) {
      calls.push(call);
      const run = functions.get(call.name);
      if (!run) throw Object.assign(new Error('no such function'), { code: 'ResourceNotFound.Function' });
      return { requestId: 'function-request-id', ...(await run(call)) };
    },
  });
  const server = fastify();
  gateway.registerRoutes(server);
  server.get('/healthz', () => 'healthy');
  server.post('/', (request) => ({ api: request.body }));
  await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    database,
    gateway,
    server,
    calls,
    functions,
    urls,
    signature,
    now,
    send: (path, options) => send(server, path, options ?? {}),
    async close() {
      await server.close();
      await database.close();
      await postgres.stop();
    },
  };
}

/** node:http, because fetch forbids to set Host, repeats no header and refuses a body on GET. */
function send(server: FastifyInstance, path: string, options: SendOptions): Promise<HttpResult> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port: portOf(server), path, method, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

export function portOf(server: FastifyInstance): number {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

/** The last event that a function got. */
export function lastEvent(bench: GatewayBench): Record<string, unknown> {
  const event: unknown = JSON.parse(bench.calls.at(-1)?.event ?? 'null');
  if (typeof event !== 'object' || event === null) throw new Error('no function was called');
  return { ...event };
}
