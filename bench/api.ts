import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fastify } from 'fastify';
import { callApi } from '../tests/support/api-call.ts';
import { makeClip } from '../tests/support/make-clip.ts';
import { type Stack, startQuietStack } from '../tests/support/stack.ts';
import { uploadFile } from '../tests/support/upload.ts';
import { createWorkFolder } from '../tests/support/work-folder.ts';
import type { LoadReport, LoadRequest } from './api-load.ts';
import type { BenchResult } from './bench-result.ts';

const CONNECTIONS = 32;
const WARM_UP_SEC = 2;
const MEASURE_SEC = 6;
const ROUNDS = 3;

/**
 * Requests per second of the API through signature, schema and database, against a bare Fastify handler that returns the same
 * bytes: same load generator (a process of its own), same run, in turns.
 */
export async function api(): Promise<BenchResult> {
  const folder = await createWorkFolder();
  const stack = await startQuietStack();
  try {
    const { FileId } = await uploadFile(stack, await makeClip(folder.join('clip.mp4')));
    const describe = await compare(stack, 'DescribeMediaInfos', { FileIds: [FileId] });
    const apply = await compare(stack, 'ApplyUpload', { MediaType: 'mp4', MediaName: 'bench' });
    return {
      figures: { connections: CONNECTIONS, ...named('describe', describe), ...named('apply', apply) },
      ratios: { describeToBare: describe.ratio, applyToBare: apply.ratio },
    };
  } finally {
    await stack.stop();
    await folder.remove();
  }
}

interface Comparison {
  readonly perSec: number;
  readonly p99Ms: number;
  readonly barePerSec: number;
  readonly bareP99Ms: number;
  readonly ratio: number;
}

function named(prefix: string, { perSec, p99Ms, barePerSec, bareP99Ms }: Comparison): Record<string, number> {
  return Object.fromEntries(
    Object.entries({ PerSec: perSec, P99Ms: p99Ms, BarePerSec: barePerSec, BareP99Ms: bareP99Ms }).map(
      ([name, value]) => [`${prefix}${name}`, value],
    ),
  );
}

async function compare(stack: Stack, action: string, parameters: object): Promise<Comparison> {
  const body = JSON.stringify(parameters);
  const answer = await callApi(stack, { action, body });
  if (answer.error) throw new Error(`${action} failed: ${answer.error.Message}`);
  const bare = await startBare(Buffer.from(JSON.stringify({ Response: answer.response })));
  try {
    const { secretId, secretKey } = stack.server.credentials;
    const request = { action, body, secretId, secretKey, connections: CONNECTIONS };
    const reports: { real: LoadReport; bare: LoadReport }[] = [];
    for (const url of [stack.url, bare.url]) await load({ ...request, url, seconds: WARM_UP_SEC });
    for (let round = 0; round < ROUNDS; round++) {
      const real = await load({ ...request, url: stack.url, seconds: MEASURE_SEC });
      reports.push({ real, bare: await load({ ...request, url: bare.url, seconds: MEASURE_SEC }) });
    }
    const middle = (pick: (each: (typeof reports)[number]) => number): number => median(reports.map(pick));
    return {
      perSec: Math.round(middle(({ real }) => real.perSec)),
      p99Ms: round1(middle(({ real }) => real.p99Ms)),
      barePerSec: Math.round(middle((each) => each.bare.perSec)),
      bareP99Ms: round1(middle((each) => each.bare.p99Ms)),
      ratio: Math.round(middle((each) => each.real.perSec / each.bare.perSec) * 1000) / 1000,
    };
  } finally {
    await bare.stop();
  }
}

/** Fastify with nothing but an answer. */
async function startBare(answer: Buffer): Promise<{ url: string; stop: () => Promise<void> }> {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/', (_request, reply) => reply.header('content-type', 'application/json').send(answer));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, stop: () => app.close() };
}

async function load(request: LoadRequest): Promise<LoadReport> {
  const child = spawn(process.execPath, [new URL('api-load.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(JSON.stringify(request));
  await once(child, 'close');
  return JSON.parse(output) as LoadReport;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
