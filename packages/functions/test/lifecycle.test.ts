import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '@vodstack/platform';
import { createFunctionService, FunctionError, RET_CODE, type FunctionService } from '../src/index.ts';
import { readRunnerId } from '../src/runner-id.ts';
import { createInvocationStore } from '../src/invocation-store.ts';
import {
  deploy,
  eventually,
  finishedRecord,
  isAlive,
  openFunctionBench,
  warmed,
  type FunctionBench,
} from './support/function-bench.ts';

let bench: FunctionBench;
let service: FunctionService;

beforeAll(async () => {
  // Plain processes: what is tested shows in process ids and files outside.
  bench = await openFunctionBench({ isSandboxed: false });
  service = await bench.start();
});
afterAll(() => bench.close());

const invoke = (name: string, event: unknown = {}) => service.invoke({ name, event: JSON.stringify(event) });
/** Answers its process id once every request has arrived somewhere. */
const BARRIER = `const fs = require('fs'); exports.main_handler = async ({ mine, others }) => {
  fs.writeFileSync(mine, '');
  while (!others.every((file) => fs.existsSync(file))) await new Promise((resolve) => setTimeout(resolve, 10));
  return process.pid;
};`;
const COUNTER = 'let count = 0; exports.main_handler = async () => [process.pid, ++count];';

async function codeFolders(): Promise<string[]> {
  return (await readdir(join(bench.folder, 'code'))).filter((name) => name !== 'package.json');
}

describe('warm instances', () => {
  test('globals survive between calls', async () => {
    await deploy(service, 'counter', COUNTER);
    await warmed(service, 'counter');
    const first = await invoke('counter');
    const second = await invoke('counter');
    expect(first.coldStart).toBe(false);
    const [pid, count] = JSON.parse(first.retMsg);
    expect(JSON.parse(second.retMsg)).toEqual([pid, count + 1]);
  });

  test('two calls at once run on two instances', async () => {
    await deploy(service, 'pair', BARRIER);
    const others = ['a', 'b'].map((file) => join(bench.folder, file));
    const results = await Promise.all(others.map((mine) => invoke('pair', { mine, others })));
    expect(results.map((result) => result.statusCode)).toEqual([200, 200]);
    expect(results[0]?.retMsg).not.toBe(results[1]?.retMsg);
  });

  test('more calls than instances wait their turn', async () => {
    await deploy(
      service,
      'queue',
      'exports.main_handler = async () => { await new Promise((r) => setTimeout(r, 20)); return process.pid; };',
    );
    const results = await Promise.all(Array.from({ length: 24 }, () => invoke('queue')));
    expect(results.every((result) => result.statusCode === 200)).toBe(true);
    expect(new Set(results.map((result) => result.retMsg)).size).toBeLessThanOrEqual(10);
  });

  test('idle instances end', async () => {
    const own = await bench.start({ idleMs: 50, folder: join(bench.folder, 'own') });
    await deploy(own, 'reaped', BARRIER);
    const files = ['r1', 'r2', 'r3'].map((file) => join(bench.folder, file));
    const call = (mine: string | undefined) =>
      own.invoke({ name: 'reaped', event: JSON.stringify({ mine, others: files }) });
    const pids = (await Promise.all(files.map(call))).map((result) => Number(result.retMsg));
    expect(new Set(pids).size).toBe(3);
    await eventually(async () => (pids.some(isAlive) ? undefined : true));
    const { instances } = await own.get('default', 'reaped');
    expect(instances).toEqual({ starting: 0, idle: 0, busy: 0 });
    expect(await call(files[0])).toMatchObject({ statusCode: 200, coldStart: true });
  });
});

describe('deploying', () => {
  test('a new version replaces the warm instance and its code folder', async () => {
    await deploy(service, 'versions', 'exports.main_handler = () => "one";');
    expect((await invoke('versions')).retMsg).toBe('"one"');
    const before = await service.get('default', 'versions');
    const { version } = await service.deploy({
      ...before,
      files: { 'index.js': 'exports.main_handler = () => "two";' },
    });
    expect(version).toBe(2);
    expect((await invoke('versions')).retMsg).toBe('"two"');
    await eventually(async () => ((await codeFolders()).includes(before.codeKey) ? undefined : true));
  });

  test('the same code and configuration change nothing', async () => {
    await deploy(service, 'same', COUNTER, { environment: { A: '1', B: '2' } });
    await warmed(service, 'same');
    const first = JSON.parse((await invoke('same')).retMsg);
    await deploy(service, 'same', COUNTER, { environment: { B: '2', A: '1' } });
    expect(JSON.parse((await invoke('same')).retMsg)).toEqual([first[0], first[1] + 1]);
    expect((await service.get('default', 'same')).version).toBe(1);
    await deploy(service, 'same', COUNTER, { environment: { A: '1', B: '3' } });
    expect((await service.get('default', 'same')).version).toBe(2);
  });

  test('a request that runs during a deployment ends on the old version', async () => {
    await deploy(
      service,
      'slow',
      `exports.main_handler = async () => { await new Promise((r) => setTimeout(r, 500)); return require('fs').existsSync('index.js') && 'old'; };`,
    );
    const running = invoke('slow');
    await eventually(async () =>
      (await service.get('default', 'slow')).instances.busy > 0 ? true : undefined,
    );
    await deploy(service, 'slow', 'exports.main_handler = () => "new";');
    expect((await invoke('slow')).retMsg).toBe('"new"');
    expect((await running).retMsg).toBe('"old"');
  });

  test('many deployments at once leave one version and one folder', async () => {
    const others = await codeFolders();
    await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        deploy(service, 'race', `exports.main_handler = () => ${index};`),
      ),
    );
    const { version, codeKey } = await service.get('default', 'race');
    expect(version).toBe(5);
    expect((await invoke('race')).statusCode).toBe(200);
    await eventually(async () => {
      const added = (await codeFolders()).filter((name) => !others.includes(name));
      return added.length === 1 && added[0] === codeKey ? true : undefined;
    });
  });

  test('a removed function is gone, its process too', async () => {
    await deploy(service, 'removed', COUNTER);
    const [pid] = JSON.parse((await invoke('removed')).retMsg);
    await service.remove('default', 'removed');
    await expect(invoke('removed')).rejects.toMatchObject({ code: 'ResourceNotFound.Function' });
    await expect(service.remove('default', 'removed')).rejects.toBeInstanceOf(FunctionError);
    await eventually(async () => (isAlive(pid) ? undefined : true));
    await deploy(service, 'removed', 'exports.main_handler = () => "again";');
    expect((await invoke('removed')).retMsg).toBe('"again"');
  });

  test('the folder is private to the server', async () => {
    expect((await stat(join(bench.folder, 'code'))).mode & 0o777).toBe(0o700);
  });

  test.each<[string, string, object]>([
    ['a bad name', 'InvalidParameterValue.FunctionName', { name: '../x' }],
    ['a name that ends with a dash', 'InvalidParameterValue.FunctionName', { name: 'abc-' }],
    ['a bad namespace', 'InvalidParameterValue.NamespaceInvalid', { namespace: 'a/b' }],
    ['another runtime', 'InvalidParameterValue.Runtime', { runtime: 'Go1' }],
    ['a handler without export', 'InvalidParameterValue.Handler', { handler: 'index' }],
    ['a handler that escapes', 'InvalidParameterValue.Handler', { handler: '../index.main_handler' }],
    ['a handler without file', 'InvalidParameterValue.Handler', { handler: 'main.main_handler' }],
    ['no timeout', 'LimitExceeded.Timeout', { timeoutSec: 0 }],
    ['a timeout over the limit', 'LimitExceeded.Timeout', { timeoutSec: 901 }],
    ['an odd memory', 'InvalidParameterValue.Memory', { memoryMb: 100 }],
    ['too much memory', 'LimitExceeded.Memory', { memoryMb: 3200 }],
    [
      'a reserved variable',
      'InvalidParameterValue.EnvironmentSystemProtect',
      { environment: { SCF_X: '1' } },
    ],
    ['a variable with a bad name', 'InvalidParameterValue.Environment', { environment: { 'A-B': '1' } }],
    [
      'too large an environment',
      'InvalidParameterValue.EnvironmentExceededLimit',
      { environment: { A: 'x'.repeat(4096) } },
    ],
    ['a path that climbs', 'InvalidParameterValue.Code', { files: { 'index.js': '', 'a/../../x': '' } }],
    ['an absolute path', 'InvalidParameterValue.Code', { files: { 'index.js': '', '/etc/x': '' } }],
    ['a path with a backslash', 'InvalidParameterValue.Code', { files: { 'index.js': '', '..\\x': '' } }],
    ['a path with NUL', 'InvalidParameterValue.Code', { files: { 'index.js': '', 'a\0b': '' } }],
    [
      'a file that is also a folder',
      'InvalidParameterValue.Code',
      { files: { 'index.js': '', a: '', 'a/b': '' } },
    ],
  ])('%s is refused with %s', async (_, code, change) => {
    const valid = {
      name: 'valid',
      runtime: 'Nodejs16.13',
      handler: 'index.main_handler',
      timeoutSec: 3,
      memoryMb: 128,
    };
    const request = { ...valid, environment: {}, files: { 'index.js': '' }, ...change };
    const before = await codeFolders();
    await expect(service.deploy(request)).rejects.toMatchObject({ code });
    expect(await codeFolders()).toEqual(before);
  });
});

describe('starting and stopping', () => {
  test('stop waits for a running request, then refuses new ones; both are idempotent', async () => {
    const own = await bench.start({ folder: join(bench.folder, 'drained') });
    await own.start();
    await deploy(
      own,
      'drained',
      `exports.main_handler = async () => { await new Promise((r) => setTimeout(r, 400)); return process.pid; };`,
    );
    const running = own.invoke({ name: 'drained', event: '{}' });
    await eventually(async () =>
      (await own.get('default', 'drained')).instances.busy > 0 ? true : undefined,
    );
    await Promise.all([own.stop(), own.stop()]);
    const result = await running;
    expect(result.statusCode).toBe(200);
    expect(isAlive(Number(result.retMsg))).toBe(false);
    await expect(own.invoke({ name: 'drained', event: '{}' })).rejects.toMatchObject({
      code: 'FailedOperation.FunctionStatusError',
    });
    const [record] = await service.logs({ name: 'drained', limit: 1 });
    expect(record).toMatchObject({ retCode: RET_CODE.succeeded });
  });

  test('what outlives the deadline is killed and recorded as interrupted', async () => {
    const own = await bench.start({ folder: join(bench.folder, 'stuck'), drainMs: 50 });
    await deploy(own, 'stuck', 'exports.main_handler = () => { for (;;); };');
    const running = own.invoke({ name: 'stuck', event: '{}' });
    await eventually(async () => ((await own.get('default', 'stuck')).instances.busy > 0 ? true : undefined));
    await own.stop();
    expect(await running).toMatchObject({ statusCode: 500 });
    const [record] = await service.logs({ name: 'stuck', limit: 1, onlyFailed: true });
    expect(record).toMatchObject({ retCode: RET_CODE.interrupted });
  });

  test('a service that never started, or could not start, can be stopped', async () => {
    const account = { appId: '1', region: 'ap-guangzhou', logger: createLogger({ level: 'silent' }) };
    const options = {
      ...account,
      database: bench.database,
      folder: join(bench.folder, 'code', 'package.json'),
    };
    await expect(createFunctionService(options).stop()).resolves.toBeUndefined();
    const failing = createFunctionService(options);
    await expect(failing.start()).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(failing.stop()).resolves.toBeUndefined();
  });

  test('a request that a dead server left is marked interrupted at the next start, those of others are not', async () => {
    const folder = join(bench.folder, 'crashed');
    const first = await bench.start({ folder });
    await deploy(first, 'crashed', COUNTER);
    await first.stop();
    const { rows } = await bench.database.pool.query<{ id: string }>(
      'SELECT gen_random_uuid()::text AS id FROM generate_series(1, 2)',
    );
    const [mine = '', others = ''] = rows.map((row) => row.id);
    for (const [requestId, runner] of [
      [mine, await readRunnerId(folder)],
      [others, 'another'],
    ] as const) {
      const store = createInvocationStore({ database: bench.database, runner });
      await store.start({
        requestId,
        namespace: 'default',
        name: 'crashed',
        trigger: 'apigw',
        startAt: new Date(),
      });
    }
    const second = await bench.start({ folder });
    expect(await second.logs({ name: 'crashed', requestId: mine, limit: 1 })).toMatchObject([
      { retCode: RET_CODE.interrupted, statusCode: null, trigger: 'apigw' },
    ]);
    expect(await second.logs({ name: 'crashed', requestId: others, limit: 1 })).toMatchObject([
      { retCode: RET_CODE.running },
    ]);
  });

  test('the functions die with a server that is killed, even in a busy loop', async () => {
    const script = new URL('support/doomed-server.ts', import.meta.url).pathname;
    const server = spawn(process.execPath, [script, bench.folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(server, 'exit').then(() => Promise.reject(new Error('the server ended by itself')));
    ended.catch(() => undefined);
    const [line] = await Promise.race([once(server.stdout, 'data'), ended]);
    const pids: number[] = JSON.parse(String(line));
    expect(pids.every(isAlive)).toBe(true);
    server.kill('SIGKILL');
    await eventually(async () => (pids.some(isAlive) ? undefined : true));
  });
});

describe('old logs', () => {
  test('requests older than seven days are deleted at start', async () => {
    await deploy(service, 'aged', COUNTER);
    const { requestId } = await invoke('aged');
    await finishedRecord(service, 'aged', requestId);
    const day = 24 * 3_600_000;
    await bench.start({ folder: join(bench.folder, 'six'), clock: () => new Date(Date.now() + 6 * day) });
    expect(await service.logs({ name: 'aged', limit: 10 })).toHaveLength(1);
    await bench.start({ folder: join(bench.folder, 'eight'), clock: () => new Date(Date.now() + 8 * day) });
    expect(await service.logs({ name: 'aged', limit: 10 })).toHaveLength(0);
  });
});
