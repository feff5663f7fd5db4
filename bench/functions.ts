import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGateway, gatewayMigrations } from '@vodstack/gateway';
import { createLogger, migrate } from '@vodstack/platform';
import type { FunctionService } from '@vodstack/functions';
import { fastify } from 'fastify';
import {
  eventually,
  openFunctionBench,
  type FunctionBench,
} from '../packages/functions/test/support/function-bench.ts';
import { createWorkFolder } from '../tests/support/work-folder.ts';
import type { BenchResult } from './bench-result.ts';
import type { HttpLoadReport } from './http-load.ts';

const HANDLER = `exports.main_handler = async (event) => ({
  isBase64Encoded: false, statusCode: 200, headers: { 'content-type': 'application/json' }, body: event.body });`;
const BODY = JSON.stringify({
  EventType: 'NewFileUpload',
  FileUploadEvent: { FileId: '1', Padding: 'x'.repeat(1000) },
});
const CONNECTIONS = 8;
const SECONDS = 3;
const COLD_ROUNDS = 7;
const IDLE_FUNCTIONS = 200;
const run = promisify(execFile);

/**
 * What the function service costs: a warm call through the gateway against the same handler behind a bare HTTP server, a first
 * call against `node` that starts and ends, and many functions that nobody calls.
 */
export async function functions(): Promise<BenchResult> {
  const bench = await openFunctionBench();
  const folder = await createWorkFolder();
  try {
    const warm = await measureWarm(bench, folder.join('index.js'));
    const cold = await measureCold(bench, folder.join('empty.js'));
    const idle = await measureIdle(bench);
    return {
      figures: { connections: CONNECTIONS, ...warm.figures, ...cold, ...idle },
      ratios: {
        rateToBare: round(warm.figures.perSec / warm.figures.barePerSec),
        firstAnswerToBareStart: round(cold.firstAnswerMs / cold.bareStartMs),
        firstAnswerAheadToBareStart: round(cold.firstAnswerAheadMs / cold.bareStartMs),
      },
    };
  } finally {
    await bench.close();
    await folder.remove();
  }
}

const CONFIG = {
  runtime: 'Nodejs20.19',
  handler: 'index.main_handler',
  timeoutSec: 10,
  memoryMb: 128,
  environment: {},
};

function deploy(
  service: FunctionService,
  name: string,
  environment: Record<string, string> = {},
): Promise<unknown> {
  return service.deploy({ ...CONFIG, name, environment, files: { 'index.js': HANDLER } });
}

async function measureWarm(bench: FunctionBench, handlerFile: string) {
  const service = await bench.start();
  await deploy(service, 'warm');
  const gateway = await startGateway(bench, service);
  await writeFile(handlerFile, HANDLER);
  const bare = await startBare(handlerFile);
  try {
    for (const url of [gateway.url, bare.url]) await load(url, CONNECTIONS, 1);
    const [one, bareOne] = [await load(gateway.url, 1, SECONDS), await load(bare.url, 1, SECONDS)];
    const [many, bareMany] = [
      await load(gateway.url, CONNECTIONS, SECONDS),
      await load(bare.url, CONNECTIONS, SECONDS),
    ];
    const figures = {
      warmP50Ms: round(one.p50Ms),
      bareP50Ms: round(bareOne.p50Ms),
      warmOverheadMs: round(one.p50Ms - bareOne.p50Ms),
      perSec: Math.round(many.perSec),
      barePerSec: Math.round(bareMany.perSec),
    };
    return { figures };
  } finally {
    bare.stop();
    await gateway.stop();
  }
}

async function startGateway(bench: FunctionBench, service: FunctionService) {
  const { database } = bench;
  const logger = createLogger({ level: 'silent' });
  await migrate(database, 'gateway', gatewayMigrations);
  const invoke = (call: Parameters<FunctionService['invoke']>[0]) => service.invoke(call);
  const gateway = createGateway({
    database,
    logger,
    appId: '1250000000',
    invoke,
    sendWeb: () => Promise.reject(new Error('there is no web function here')),
    findUrl: () => Promise.resolve(undefined),
    findSignatureProblem: () => Promise.resolve('no function of the benchmark has a URL'),
  });
  const app = fastify();
  gateway.registerRoutes(app);
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const { path } = await gateway.deployApi({
    serviceName: 'bench',
    environment: 'release',
    path: '/warm',
    method: 'ANY',
    functionNamespace: 'default',
    functionName: 'warm',
    integratedResponse: true,
    enableCors: false,
    timeoutSec: 15,
  });
  return { url: origin + path, stop: () => app.close() };
}

async function startBare(file: string): Promise<{ url: string; stop: () => void }> {
  const script = new URL('bare-function.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${String(port).trim()}/`, stop: () => child.kill() };
}

async function load(url: string, connections: number, seconds: number): Promise<HttpLoadReport> {
  const script = new URL('http-load.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [script, url, BODY, String(connections), String(seconds)]);
  return JSON.parse(stdout) as HttpLoadReport;
}

async function measureCold(bench: FunctionBench, emptyFile: string) {
  const service = await bench.start({ maxWarm: 0, folder: `${bench.folder}/cold` });
  await writeFile(emptyFile, '');
  const times: { bare: number; first: number; ahead: number }[] = [];
  for (let index = 0; index < COLD_ROUNDS; index += 1) {
    const bare = await took(() => run(process.execPath, [emptyFile], { env: {} }));
    // A variable that counts when a process starts: no process that was started ahead can be used.
    const first = await tookFirst(service, `first-${index}x`, { NODE_NO_WARNINGS: '1' });
    if (index === 0) await tookFirst(service, 'filler');
    // Long enough for the next process that is started ahead to boot.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    times.push({ bare, first, ahead: await tookFirst(service, `ahead-${index}x`) });
  }
  const middle = (pick: (each: (typeof times)[number]) => number): number => round(median(times.map(pick)));
  return {
    bareStartMs: middle(({ bare }) => bare),
    firstAnswerMs: middle(({ first }) => first),
    firstAnswerAheadMs: middle(({ ahead }) => ahead),
  };
}

async function tookFirst(
  service: FunctionService,
  name: string,
  environment?: Record<string, string>,
): Promise<number> {
  await deploy(service, name, environment);
  return took(() => service.invoke({ name, event: '{"body":"x"}' }));
}

async function took(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

/**
 * Once no instance waits for work any more: what this process holds for them after a collection, and by how much it has
 * grown. The growth is what deploying leaves to the allocator, and is used again by the next work.
 */
async function measureIdle(
  bench: FunctionBench,
): Promise<{ idle200FunctionsMb: number; deploying200FunctionsRssMb: number }> {
  const service = await bench.start({ idleMs: 500, folder: `${bench.folder}/idle` });
  await deploy(service, 'before');
  const before = await settledMemory(service);
  for (let index = 0; index < IDLE_FUNCTIONS; index += 1) await deploy(service, `idle-${index}x`);
  const after = await settledMemory(service);
  return {
    idle200FunctionsMb: round((after.held - before.held) / 2 ** 20),
    deploying200FunctionsRssMb: round((after.rss - before.rss) / 2 ** 20),
  };
}

async function settledMemory(service: FunctionService): Promise<{ held: number; rss: number }> {
  await eventually(async () => {
    const all = await service.list();
    return all.every(({ instances }) => instances.idle + instances.starting === 0) ? true : undefined;
  });
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What ends with a collection may hold more that the next one frees.
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, rss };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
