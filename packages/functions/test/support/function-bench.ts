import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, createLogger, migrate, type Database } from '@vodstack/platform';
import { startTestDatabase } from '../../../platform/test/support/test-database.ts';
import {
  createFunctionService,
  functionMigrations,
  RET_CODE,
  type CodeFiles,
  type FunctionService,
  type FunctionServiceOptions,
  type InvocationRecord,
} from '../../src/index.ts';

/** A database and a folder, and services on them. */
export interface FunctionBench {
  database: Database;
  folder: string;
  /** A started service; stopped by `close`. */
  start(options?: Partial<FunctionServiceOptions>): Promise<FunctionService>;
  close(): Promise<void>;
}

export async function openFunctionBench(
  defaults: Partial<FunctionServiceOptions> = {},
): Promise<FunctionBench> {
  const server = await startTestDatabase();
  const logger = createLogger({ level: 'silent' });
  const database = createDatabase({ connection: server.connection, logger });
  await migrate(database, 'scf', functionMigrations);
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-functions-'));
  const services: FunctionService[] = [];
  return {
    database,
    folder,
    async start(options = {}) {
      const account = { appId: '1250000000', region: 'ap-guangzhou' };
      const service = createFunctionService({
        database,
        logger,
        folder,
        ...account,
        ...defaults,
        ...options,
      });
      services.push(service);
      await service.start();
      return service;
    },
    async close() {
      await Promise.all(services.map((service) => service.stop()));
      await database.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Deploys a function with the defaults of the cloud. */
export async function deploy(
  service: FunctionService,
  name: string,
  code: string | CodeFiles,
  options: {
    runtime?: string;
    timeoutSec?: number;
    memoryMb?: number;
    environment?: Record<string, string>;
  } = {},
): Promise<void> {
  const { runtime = 'Nodejs18.15', timeoutSec = 20, memoryMb = 128, environment = {} } = options;
  const entry = runtime.startsWith('Python') ? 'index.py' : 'index.js';
  const files = typeof code === 'string' ? { [entry]: code } : code;
  const config = { runtime, handler: 'index.main_handler', timeoutSec, memoryMb, environment };
  await service.deploy({ name, files, ...config });
}

/** Repeats until the answer is given. */
export async function eventually<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error('the condition did not come true in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The record of one request, once it is over. */
export function finishedRecord(
  service: FunctionService,
  name: string,
  requestId: string,
): Promise<InvocationRecord> {
  return eventually(async () => {
    const [record] = await service.logs({ name, requestId, limit: 1 });
    return record && record.retCode !== RET_CODE.running ? record : undefined;
  });
}

/** Resolves when a function has a warm instance that waits for work. */
export async function warmed(service: FunctionService, name: string): Promise<void> {
  await eventually(async () => ((await service.get('default', name)).instances.idle > 0 ? true : undefined));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
