import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FunctionService } from '../src/index.ts';
import {
  deploy,
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

/** Deploys the code, sends one event and answers what came back. */
async function run(name: string, code: string | Record<string, string>, event: unknown = {}) {
  await deploy(service, name, code);
  return service.invoke({ name, event: JSON.stringify(event) });
}

const FORMS: [string, string, string][] = [
  ['an async handler', 'exports.main_handler = async (event) => ({ got: event.a });', '{"got":1}'],
  ['a plain return', 'exports.main_handler = (event) => "text " + event.a;', '"text 1"'],
  [
    'a callback',
    'exports.main_handler = (event, context, callback) => { setTimeout(() => callback(null, event.a + 1), 5); };',
    '2',
  ],
  [
    'context.done',
    'exports.main_handler = (event, context) => { setImmediate(() => context.done(null, [event.a])); };',
    '[1]',
  ],
  [
    'context.succeed',
    'exports.main_handler = (event, context) => { context.succeed({ ok: true }); };',
    '{"ok":true}',
  ],
  ['an async handler that returns nothing', 'exports.main_handler = async () => {};', 'null'],
  ['a callback that is never called', 'exports.main_handler = (event, context, callback) => {};', 'null'],
  ['exports that only exist at run time', 'module.exports["main_" + "handler"] = () => 7;', '7'],
  ['a thenable', 'exports.main_handler = () => ({ then: (resolve) => resolve(3) });', '3'],
];

describe('handler forms', () => {
  test.each(FORMS)('%s answers its value as JSON text', async (title, code, retMsg) => {
    const result = await run(`form-${FORMS.findIndex((form) => form[0] === title)}x`, code, { a: 1 });
    expect(result).toMatchObject({ statusCode: 200, retMsg });
  });

  test.each([
    [
      'mjs',
      {
        'index.mjs':
          'import fs from "node:fs"; export const main_handler = async () => typeof fs.readFileSync;',
      },
    ],
    [
      'typed-js',
      {
        'index.js': 'export async function main_handler() { return "function"; }',
        'package.json': '{"type":"module"}',
      },
    ],
    ['plain-js', { 'index.js': 'import "node:fs"; export const main_handler = () => "function";' }],
    [
      'cjs',
      {
        'index.cjs': 'exports.main_handler = () => typeof require("./lib/a.cjs");',
        'lib/a.cjs': 'module.exports = () => 1;',
      },
    ],
    ['default-object', { 'index.mjs': 'export default { main_handler: () => "function" };' }],
  ])('module format %s is loaded', async (name, files) => {
    expect(await run(name, files)).toMatchObject({ statusCode: 200, retMsg: '"function"' });
  });

  test('a later callback is ignored', async () => {
    const code =
      'exports.main_handler = (e, c, callback) => { callback(null, 1); callback(null, 2); callback(new Error("x")); };';
    expect(await run('twice', code)).toMatchObject({ statusCode: 200, retMsg: '1' });
  });

  test('the answer comes before the asynchronous rest, which still runs and is logged', async () => {
    const code = `exports.main_handler = async () => { setTimeout(() => console.log('late line'), 300); return 'early'; };`;
    const result = await run('tail', code);
    expect(result.retMsg).toBe('"early"');
    const record = await finishedRecord(service, 'tail', result.requestId);
    expect(record.log).toContain('late line');
    expect(record.durationMs).toBeGreaterThan(result.durationMs);
  });

  test('callbackWaitsForEmptyEventLoop = false ends the request at once', async () => {
    const code = `exports.main_handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = false;
      setTimeout(() => {}, 60_000);
      callback(null, 'done');
    };`;
    const result = await run('no-wait', code);
    const record = await finishedRecord(service, 'no-wait', result.requestId);
    expect(record).toMatchObject({ retCode: 0, retMsg: '"done"' });
  });

  test('the context has the documented fields', async () => {
    const code = `exports.main_handler = (event, context) => ({
      context, remaining: context.getRemainingTimeInMillis(), keys: Object.keys(context).sort(),
      methods: ['done', 'succeed', 'fail'].map((name) => typeof context[name]),
    });`;
    const result = await run('context', code);
    const { context, remaining, keys, methods } = JSON.parse(result.retMsg);
    expect(context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      environ: 'SCF_NAMESPACE=default;SCF_NAMESPACE=default',
      environment: '{"SCF_NAMESPACE":"default"}',
      function_name: 'context',
      function_version: '$LATEST',
      memory_limit_in_mb: 128,
      namespace: 'default',
      request_id: result.requestId,
      tencentcloud_appid: '1250000000',
      tencentcloud_region: 'ap-guangzhou',
      tencentcloud_uin: '1250000000',
      time_limit_in_ms: 20_000,
    });
    expect(keys).toContain('getRemainingTimeInMillis');
    expect(methods).toEqual(['function', 'function', 'function']);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  test('the environment holds the function and nothing of the server', async () => {
    process.env['SECRET_OF_THE_SERVER'] = 'hidden';
    try {
      await deploy(
        service,
        'environment',
        'exports.main_handler = () => ({ env: process.env, cwd: process.cwd() });',
        {
          environment: { GREETING: 'hello', TZ: 'Asia/Shanghai' },
        },
      );
      const { env, cwd } = JSON.parse((await service.invoke({ name: 'environment', event: '{}' })).retMsg);
      expect(env).not.toHaveProperty('SECRET_OF_THE_SERVER');
      expect(
        Object.keys(env)
          .filter((key) => !/^(?:SCF|TENCENTCLOUD)_/u.test(key))
          .toSorted(),
      ).toEqual([
        'GREETING',
        'HOME',
        'LANG',
        'LC_ALL',
        'LOGNAME',
        'NODE_PATH',
        'PATH',
        'PWD',
        'PYTHONDONTWRITEBYTECODE',
        'PYTHONIOENCODING',
        'PYTHONPATH',
        'TZ',
        'USER',
        'USER_CODE_ROOT',
      ]);
      expect(env).toMatchObject({
        GREETING: 'hello',
        TZ: 'Asia/Shanghai',
        USER_CODE_ROOT: `${cwd}/`,
        SCF_RUNTIME: 'Nodejs18.15',
        SCF_FUNCTIONNAME: 'environment',
        SCF_FUNCTIONVERSION: '$LATEST',
        SCF_NAMESPACE: 'default',
        TENCENTCLOUD_APPID: '1250000000',
        TENCENTCLOUD_REGION: 'ap-guangzhou',
        TENCENTCLOUD_RUNENV: 'SCF',
      });
    } finally {
      delete process.env['SECRET_OF_THE_SERVER'];
    }
  });

  test('a file of the package is read by a relative path', async () => {
    const code = {
      'index.js': 'exports.main_handler = () => require("fs").readFileSync("config.json", "utf8");',
      'config.json': 'x',
    };
    expect((await run('relative', code)).retMsg).toBe('"x"');
  });
});

describe('sizes', () => {
  test('an event of 6 MB arrives whole and an answer of 6 MB comes back', async () => {
    await deploy(service, 'big', 'exports.main_handler = (event) => event;', { memoryMb: 512 });
    const event = JSON.stringify('é'.repeat(3 * 1024 * 1024 - 1));
    expect(Buffer.byteLength(event)).toBe(6 * 1024 * 1024);
    const result = await service.invoke({ name: 'big', event });
    expect(result.statusCode).toBe(200);
    expect(result.retMsg === event).toBe(true);
  });

  test('one byte more is refused: 406 on the way in, 407 on the way out', async () => {
    await deploy(service, 'bigger', 'exports.main_handler = () => "x".repeat(6 * 1024 * 1024 - 1);', {
      memoryMb: 512,
    });
    const result = await service.invoke({
      name: 'bigger',
      event: JSON.stringify('x'.repeat(6 * 1024 * 1024 - 1)),
    });
    expect(result.statusCode).toBe(406);
    const answer = await service.invoke({ name: 'bigger', event: '{}' });
    expect(JSON.parse(answer.retMsg)).toMatchObject({
      errorCode: -1,
      errorMessage: 'body size is too long',
      statusCode: 407,
    });
  });

  test('an event that is not JSON gets 400', async () => {
    await deploy(service, 'not-json', 'exports.main_handler = () => 1;');
    expect(await service.invoke({ name: 'not-json', event: '{' })).toMatchObject({ statusCode: 400 });
    await warmed(service, 'not-json');
    expect(await service.invoke({ name: 'not-json', event: '{}' })).toMatchObject({
      statusCode: 200,
      coldStart: false,
    });
  });
});
