import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FunctionError, type FunctionService } from '../src/index.ts';
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

/** Fails as the event says, otherwise answers its process id. */
const FAULTY = `exports.main_handler = async (event) => {
  if (event.fault === 'loop') for (;;);
  if (event.fault === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (event.fault === 'exit') process.exit(event.code);
  if (event.fault === 'abort') process.abort();
  if (event.fault === 'kill') process.kill(process.pid, 'SIGKILL');
  if (event.fault === 'never') await new Promise(() => {});
  if (event.fault === 'later') { setTimeout(() => { throw new TypeError('from a timer'); }, 1); await new Promise((r) => setTimeout(r, 5000)); }
  if (event.fault === 'reject') { Promise.reject(new RangeError('nobody caught me')); await new Promise((r) => setTimeout(r, 5000)); }
  return process.pid;
};`;

describe('user exceptions', () => {
  test('a throw gives the documented body, frames without indentation and at /var/user', async () => {
    await deploy(
      service,
      'throws',
      `exports.main_handler = async function fail() {\n  throw new Error('err msg');\n};`,
    );
    const result = await invoke('throws');
    const body = JSON.parse(result.retMsg);
    expect(result.retMsg).toBe(
      JSON.stringify({
        errorCode: -1,
        errorMessage: 'user code exception caught',
        requestId: result.requestId,
        stackTrace: body.stackTrace,
        statusCode: 430,
      }),
    );
    expect(body.stackTrace).toBe('Error: err msg\nat Object.fail [as main_handler] (/var/user/index.js:2:9)');
    expect(result.statusCode).toBe(430);
  });

  test('the instance survives a throw', async () => {
    await warmed(service, 'throws');
    const record = await finishedRecord(service, 'throws', (await invoke('throws')).requestId);
    expect(record).toMatchObject({ statusCode: 430, coldStart: false });
  });

  test.each([
    [
      'a callback error',
      'exports.main_handler = (e, c, callback) => callback(new Error("cb"));',
      /^Error: cb\nat /u,
    ],
    [
      'a callback text',
      'exports.main_handler = (e, c, callback) => callback("nope");',
      /^nope\(callback err is not instance of Error\)$/u,
    ],
    [
      'context.fail',
      'exports.main_handler = (e, context) => { context.fail(new Error("f")); };',
      /^Error: f\nat /u,
    ],
    ['a thrown value', 'exports.main_handler = () => { throw { a: 1 }; };', /^\{ a: 1 \}$/u],
    ['a value that JSON cannot hold', 'exports.main_handler = () => 1n;', /^TypeError: /u],
    [
      'a value that holds itself',
      'exports.main_handler = () => { const all = {}; all.all = all; return all; };',
      /^TypeError: Converting circular structure to JSON/u,
    ],
  ])('%s is a user exception', async (title, code, stack) => {
    const name = `user-${title.replaceAll(/\W/gu, '-')}`;
    await deploy(service, name, code);
    const result = await invoke(name);
    expect(result.statusCode).toBe(430);
    expect(JSON.parse(result.retMsg).stackTrace).toMatch(stack);
  });

  test.each([
    ['later', /^TypeError: from a timer/u],
    ['reject', /^RangeError: nobody caught me/u],
    ['never', /never settled/u],
  ])('fault "%s" is reported as a user exception', async (fault, stack) => {
    await deploy(service, 'faulty', FAULTY, { timeoutSec: 20 });
    const result = await invoke('faulty', { fault });
    expect(result.statusCode).toBe(430);
    expect(JSON.parse(result.retMsg).stackTrace).toMatch(stack);
    expect(await invoke('faulty')).toMatchObject({ statusCode: 200 });
  });
});

describe('time limit', () => {
  test.each(['loop', 'wait'])(
    'fault "%s" gives 433, kills the instance, and the next call gets a new one',
    async (fault) => {
      await deploy(service, `limit-${fault}`, FAULTY, { timeoutSec: 1 });
      const pid = Number((await invoke(`limit-${fault}`)).retMsg);
      const result = await invoke(`limit-${fault}`, { fault });
      expect(result.statusCode).toBe(433);
      expect(result.retMsg).toBe(
        `{"errorCode":-1,"errorMessage":"Invoking task timed out after 1 seconds","requestId":"${result.requestId}","statusCode":433}`,
      );
      const next = await invoke(`limit-${fault}`);
      expect(next.statusCode).toBe(200);
      expect(Number(next.retMsg)).not.toBe(pid);
      await eventually(async () => (isAlive(pid) ? undefined : true));
      const record = await finishedRecord(service, `limit-${fault}`, result.requestId);
      expect(record).toMatchObject({ statusCode: 433, retCode: 1, durationMs: 1000, billDurationMs: 1000 });
      expect(record.log).toContain(
        `Report RequestId:${result.requestId} Duration:1000ms Memory:128MB MemUsage:`,
      );
    },
  );

  test('a rest that overruns is logged as timed out although the caller got its answer', async () => {
    const code = `exports.main_handler = async () => { setInterval(() => {}, 1000); return 'ok'; };`;
    await deploy(service, 'overrun', code, { timeoutSec: 1 });
    const result = await invoke('overrun');
    expect(result).toMatchObject({ statusCode: 200, retMsg: '"ok"' });
    const record = await finishedRecord(service, 'overrun', result.requestId);
    expect(record.statusCode).toBe(433);
  });

  test('a child of the function dies with it', async () => {
    const code = `const { spawn } = require('node:child_process');
      exports.main_handler = async (event) => {
        const child = spawn('sleep', ['300']);
        console.log('child=' + child.pid);
        for (;;);
      };`;
    await deploy(service, 'parent', code, { timeoutSec: 1 });
    const result = await invoke('parent');
    const record = await finishedRecord(service, 'parent', result.requestId);
    const pid = Number(/child=(?<pid>\d+)/u.exec(record.log ?? '')?.groups?.['pid']);
    expect(pid).toBeGreaterThan(1);
    await eventually(async () => (isAlive(pid) ? undefined : true));
  });
});

describe('process exit', () => {
  test.each([{ fault: 'exit', code: 0 }, { fault: 'exit', code: 3 }, { fault: 'abort' }, { fault: 'kill' }])(
    '%o gives 439 and a new instance',
    async (event) => {
      await deploy(service, 'exits', FAULTY);
      const result = await invoke('exits', event);
      expect(result.statusCode).toBe(439);
      expect(result.retMsg).toBe(
        '{"errorCode":-1,"errorMessage":"User process exit when running","statusCode":439}',
      );
      expect(await invoke('exits')).toMatchObject({ statusCode: 200 });
    },
  );

  test('a full heap gives 434', async () => {
    const code =
      'exports.main_handler = () => { const all = []; for (;;) all.push(new Array(1000).fill(Math.random())); };';
    await deploy(service, 'greedy', code, { memoryMb: 64, timeoutSec: 60 });
    const result = await invoke('greedy');
    expect(result.retMsg).toBe(
      '{"errorCode":-1,"errorMessage":"Task memory exceeded 64 MB","statusCode":434}',
    );
  });

  test('what is written to the control channel by the function harms only itself', async () => {
    await deploy(
      service,
      'forger',
      `exports.main_handler = async () => { require('fs').writeSync(3, 'garbage that is no frame'); await new Promise((r) => setTimeout(r, 60_000)); };`,
    );
    expect(await invoke('forger')).toMatchObject({ statusCode: 439 });
  });
});

describe('init', () => {
  test('a module that throws gives 443 with its stack', async () => {
    await deploy(service, 'broken', `throw new Error('no luck');`);
    const result = await invoke('broken');
    const body = JSON.parse(result.retMsg);
    expect(result.statusCode).toBe(443);
    expect(body).toEqual({ errorCode: -1, errorMessage: body.errorMessage, statusCode: 443 });
    expect(body.errorMessage).toMatch(/^Error: no luck\nat .*\/var\/user\/index\.js:1:7/u);
  });

  test('a syntax error gives 443', async () => {
    await deploy(service, 'syntax', 'exports.main_handler = (;');
    const result = await invoke('syntax');
    expect(result.statusCode).toBe(443);
    expect(JSON.parse(result.retMsg).errorMessage).toContain('SyntaxError');
  });

  test('a missing export gives 437', async () => {
    await deploy(service, 'no-export', 'exports.other = () => 1;');
    const result = await invoke('no-export');
    expect(result.retMsg).toBe(
      `{"errorCode":-1,"errorMessage":"HandlerNotFound: module 'index' has no function 'main_handler'","statusCode":437}`,
    );
  });

  test('a module that exits gives 439', async () => {
    await deploy(service, 'quits', 'process.exit(0);');
    expect(await invoke('quits')).toMatchObject({ statusCode: 439 });
  });

  test('a module that never ends loading gives 450', async () => {
    const impatient = await openFunctionBench();
    try {
      const own = await impatient.start({ initTimeoutMs: 500 });
      await deploy(own, 'endless', 'for (;;);');
      expect(await own.invoke({ name: 'endless', event: '{}' })).toMatchObject({ statusCode: 450 });
    } finally {
      await impatient.close();
    }
  });

  test('an unknown function is a typed error', async () => {
    const error = await invoke('nobody').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ code: 'ResourceNotFound.Function' });
  });
});

describe('canceling', () => {
  test('an aborted signal ends a running request with 499 and kills its instance', async () => {
    await deploy(service, 'canceled', FAULTY);
    const pid = Number((await invoke('canceled')).retMsg);
    const abort = new AbortController();
    const result = service.invoke({ name: 'canceled', event: '{"fault":"loop"}', signal: abort.signal });
    await eventually(async () =>
      (await service.get('default', 'canceled')).instances.busy > 0 ? true : undefined,
    );
    abort.abort();
    expect(await result).toMatchObject({ statusCode: 499 });
    await eventually(async () => (isAlive(pid) ? undefined : true));
  });
});
