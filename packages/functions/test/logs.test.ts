import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIVE_CHANNEL } from '@vodstack/platform';
import type { FunctionService } from '../src/index.ts';
import {
  deploy,
  eventually,
  finishedRecord,
  openFunctionBench,
  warmed,
  type FunctionBench,
} from './support/function-bench.ts';

let bench: FunctionBench;
let service: FunctionService;

beforeAll(async () => {
  bench = await openFunctionBench();
  service = await bench.start();
});
afterAll(() => bench.close());

const invoke = (name: string, event: unknown = {}) => service.invoke({ name, event: JSON.stringify(event) });
const ISO = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

async function logOf(name: string, event: unknown = {}): Promise<{ requestId: string; log: string }> {
  const { requestId } = await invoke(name, event);
  const { log } = await finishedRecord(service, name, requestId);
  return { requestId, log: log ?? '' };
}

describe('log text', () => {
  test('a warm request is stored with START, the lines, Response, END and Report', async () => {
    const code = `exports.main_handler = async () => {
      console.log('Hello %s', 'World', { a: 1 });
      console.error('bad');
      process.stdout.write('raw\\n');
      console.log('two\\nlines');
      return { foo: 'bar' };
    };`;
    await deploy(service, 'lines', code);
    await warmed(service, 'lines');
    const { requestId: id, log } = await logOf('lines');
    const lines = log.split('\n');
    const out = lines.filter((line) => !line.endsWith('\tbad'));
    expect(lines.find((line) => line.endsWith('\tbad'))).toMatch(new RegExp(`^${ISO}\t${id}\tbad$`, 'u'));
    expect(out[0]).toBe(`START RequestId:${id}`);
    expect(out[1]).toMatch(new RegExp(`^${ISO}\t${id}\tHello World \\{ a: 1 \\}$`, 'u'));
    expect(out[2]).toBe('raw');
    expect(out[3]).toMatch(new RegExp(`^${ISO}\t${id}\ttwo$`, 'u'));
    expect(out[4]).toBe('lines');
    expect(out[5]).toBe(`Response RequestId:${id} RetMsg:{"foo":"bar"}`);
    expect(out[6]).toBe(`END RequestId:${id}`);
    expect(out[7]).toMatch(
      new RegExp(`^Report RequestId:${id} Duration:\\d+ms Memory:128MB MemUsage:\\d+\\.\\d{6}MB$`, 'u'),
    );
    expect(out.slice(8)).toEqual(['']);
  });

  test('a cold start has its report, and what the module printed', async () => {
    await deploy(service, 'cold', `console.log('loading'); exports.main_handler = () => process.exit(1);`);
    await invoke('cold');
    const { requestId: id, log } = await logOf('cold');
    expect(log.split('\n')[1]).toMatch(
      new RegExp(
        `^Init Report RequestId: ${id} Coldstart: \\d+ms \\(PullCode: 0ms InitRuntime: \\d+ms InitFunction: \\d+ms\\) Memory: 128MB MemUsage: \\d+\\.\\d\\dMB$`,
        'u',
      ),
    );
    expect(log).toContain('\tloading\n');
  });

  test('a failure has an ERROR line with error code 1 and no request id in it', async () => {
    await deploy(service, 'failing', `exports.main_handler = async () => { throw new Error('x'); };`);
    const { requestId: id, log } = await logOf('failing');
    const error = log.split('\n').find((line) => line.startsWith('ERROR '));
    expect(error).toMatch(
      new RegExp(
        `^ERROR RequestId:${id} Result:\\{"errorCode":1,"errorMessage":"user code exception caught","stackTrace":"Error: x\\\\nat .*","statusCode":430\\}$`,
        'u',
      ),
    );
    expect(log).toContain(`Response RequestId:${id} RetMsg:{"errorCode":-1,`);
  });

  test('Tail answers the last 4 KB in the other form', async () => {
    await deploy(
      service,
      'tailed',
      `exports.main_handler = async (n) => { for (let i = 0; i < n; i++) console.log('é'.repeat(50), i); };`,
    );
    const short = await service.invoke({ name: 'tailed', event: '1', logType: 'Tail' });
    expect(short.log).toMatch(
      new RegExp(
        `^START RequestId: ${short.requestId}\nEvent RequestId: ${short.requestId}\n${ISO}\t${short.requestId}\té+ 0\nEND RequestId: ${short.requestId}\nReport RequestId: ${short.requestId} Duration:\\d+ms Memory:128MB MemUsage:\\d+\\.\\d{4}MB\n$`,
        'u',
      ),
    );
    const long = await service.invoke({ name: 'tailed', event: '1000', logType: 'Tail' });
    expect(Buffer.byteLength(long.log)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(long.log)).toBeGreaterThan(4090);
    expect(long.log).not.toContain('\uFFFD');
    expect(await invoke('tailed', 1)).toMatchObject({ log: '' });
  });

  test('no line is lost or given to another request', async () => {
    await deploy(
      service,
      'exact',
      `exports.main_handler = async (n) => { for (let i = 0; i < 200; i++) console[i % 2 ? 'log' : 'error'](n + ':' + i + ' ' + 'x'.repeat(300)); };`,
    );
    for (const round of [1, 2, 3]) {
      const { log } = await logOf('exact', round);
      const seen = [...log.matchAll(/\t(?<round>\d+):(?<line>\d+) x/gu)].map((match) => match.groups);
      expect(seen).toHaveLength(200);
      expect(seen.every((groups) => groups?.['round'] === String(round))).toBe(true);
    }
  });

  test('too many lines are cut with a notice, a long line is cut, the end is still there', async () => {
    await deploy(
      service,
      'chatty',
      `exports.main_handler = async (kind) => {
      if (kind === 'lines') for (let i = 0; i < 20_000; i++) console.log(i);
      else if (kind === 'bytes') for (let i = 0; i < 400; i++) console.log('y'.repeat(8000));
      else process.stdout.write('z'.repeat(3_000_000));
    };`,
    );
    for (const kind of ['lines', 'bytes']) {
      const { requestId, log } = await logOf('chatty', kind);
      expect(log).toContain(
        '\n(log cut here: one request may log at most 1 MB and 5000 lines, the rest was dropped)\n',
      );
      expect(Buffer.byteLength(log)).toBeLessThan(1_100_000);
      expect(log.split('\n').length).toBeLessThan(5010);
      expect(log).toContain(`\nEND RequestId:${requestId}\n`);
    }
    const { log } = await logOf('chatty', 'one');
    expect(log.split('\n').map((line) => line.length)).toContain(8192);
  });

  test('NUL and broken UTF-8 do not break the log', async () => {
    await deploy(
      service,
      'binary',
      `exports.main_handler = async () => { process.stdout.write(Buffer.from([0x61, 0, 0xff, 0x62, 10])); return 'a\\0b'; };`,
    );
    const { log } = await logOf('binary');
    expect(log).toContain('\na\uFFFD\uFFFDb\n');
    expect(log).toContain(String.raw`RetMsg:"a\u0000b"`);
  });

  test('a function cannot break the log by replacing console and stdout', async () => {
    await deploy(
      service,
      'vandal',
      `exports.main_handler = async () => { process.stdout.write = () => true; console.log = null; process.stdout.end(); return 1; };`,
    );
    const { log } = await logOf('vandal');
    expect(log).toContain('\nEND RequestId:');
  });
});

describe('records', () => {
  test('hold what the log page needs, newest first', async () => {
    await deploy(
      service,
      'records',
      `exports.main_handler = async (fail) => { if (fail) throw new Error('x'); return 'fine'; };`,
    );
    await warmed(service, 'records');
    const ids: string[] = [];
    for (const fail of [false, true, false]) {
      const { requestId } = await service.invoke({ name: 'records', event: String(fail), trigger: 'apigw' });
      await finishedRecord(service, 'records', requestId);
      ids.push(requestId);
    }
    const all = await service.logs({ name: 'records', limit: 10 });
    expect(all.map((record) => record.requestId)).toEqual(ids.toReversed());
    expect(all[0]).toMatchObject({
      namespace: 'default',
      name: 'records',
      qualifier: '$LATEST',
      trigger: 'apigw',
      retCode: 0,
      statusCode: 200,
      retMsg: '"fine"',
      coldStart: false,
    });
    expect(all[0]?.memUsageBytes).toBeGreaterThan(10_000_000);
    expect(all[0]?.billDurationMs).toBe(Math.ceil(all[0]?.durationMs ?? 0));
    const failed = await service.logs({ name: 'records', limit: 10, onlyFailed: true });
    expect(failed.map((record) => record.requestId)).toEqual([ids[1]]);
    const middle = all[1]?.startAt ?? new Date();
    expect(await service.logs({ name: 'records', limit: 10, before: middle })).toHaveLength(1);
    expect(await service.logs({ name: 'records', limit: 10, after: middle })).toHaveLength(1);
    expect(await service.logs({ name: 'records', limit: 1 })).toHaveLength(1);
    expect(await service.logs({ name: 'records', limit: 1, requestId: 'not an id' })).toEqual([]);
  });

  test('a request is visible while it runs', async () => {
    await deploy(
      service,
      'visible',
      `exports.main_handler = async () => { await new Promise((r) => setTimeout(r, 500)); };`,
    );
    const running = invoke('visible');
    const record = await eventually(async () => (await service.logs({ name: 'visible', limit: 1 }))[0]);
    expect(record).toMatchObject({ retCode: 2, statusCode: null, log: null });
    await running;
  });

  test('live listeners hear of a deployment and of a stored log', async () => {
    const heard: string[] = [];
    const subscription = await bench.database.listen(LIVE_CHANNEL, (payload) => heard.push(payload));
    await deploy(service, 'heard', `exports.main_handler = () => 1;`);
    await invoke('heard');
    await eventually(async () => (heard.includes('{"kind":"log","id":"heard"}') ? true : undefined));
    expect(heard).toContain('{"kind":"function","id":"heard"}');
    await subscription.close();
  });
});
