import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeFiles, FunctionService } from '../src/index.ts';
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

const invoke = (name: string, event: unknown = {}) => service.invoke({ name, event: JSON.stringify(event) });

async function run(
  name: string,
  code: string | CodeFiles,
  event: unknown = {},
  options: { timeoutSec?: number; environment?: Record<string, string> } = {},
) {
  await deploy(service, name, code, { runtime: 'Python3.9', ...options });
  return invoke(name, event);
}

const logOf = async (name: string, requestId: string): Promise<string> =>
  (await finishedRecord(service, name, requestId)).log ?? '';

/** Does what the event says, and answers it otherwise: one process for many cases. */
const MIRROR = `
import decimal, json, os, sys, time, threading
def main_handler(event, context):
    do = event.get('do')
    if do == 'none': return None
    if do == 'decimal': return {'price': decimal.Decimal('1.50')}
    if do == 'text': return 'ä"\\u4e2d'
    if do == 'half': return chr(0xd800)
    if do == 'cycle':
        value = []
        value.append(value)
        return value
    if do == 'set': return {1, 2}
    if do == 'large': return 'x' * (7 * 1024 * 1024)
    if do == 'exit': sys.exit(3)
    if do == 'hard-exit': os._exit(0)
    if do == 'exit-with-thread':
        threading.Thread(target=time.sleep, args=(60,)).start()
        sys.exit(0)
    if do == 'fork':
        if os.fork() == 0: return 'from the child'
        time.sleep(0.1)
        return 'from the parent'
    if do == 'memory': raise MemoryError()
    if do == 'loop':
        while True: pass
    if do == 'raise': raise Exception("err msg")
    return event
`;

describe('a Python handler', () => {
  beforeAll(() => deploy(service, 'mirror', MIRROR, { runtime: 'Python3.6' }));

  test.each<[string, unknown, string]>([
    ['an event', { a: [1, null, 'é'] }, '{"a": [1, null, "é"]}'],
    ['None', { do: 'none' }, 'null'],
    ['a Decimal', { do: 'decimal' }, '{"price": "1.50"}'],
    ['a text', { do: 'text' }, '"ä\\"中"'],
    ['half a surrogate pair', { do: 'half' }, String.raw`"\ud800"`],
  ])('answers %s as JSON text', async (_, event, retMsg) => {
    expect(await invoke('mirror', event)).toMatchObject({ statusCode: 200, retMsg });
  });

  test.each([
    ['cycle', 430, /ValueError: Circular reference detected$/u],
    ['set', 430, /TypeError: Object of type set is not JSON serializable$/u],
    ['large', 407, undefined],
  ])('that returns a %s gets %d and keeps its process', async (fault, statusCode, stack) => {
    const result = await invoke('mirror', { do: fault });
    expect(result.statusCode).toBe(statusCode);
    if (stack) expect(JSON.parse(result.retMsg).stackTrace).toMatch(stack);
    expect(await invoke('mirror')).toMatchObject({ statusCode: 200, coldStart: false });
  });

  test('that raises gets the documented body, with the code at /var/user', async () => {
    const result = await invoke('mirror', { do: 'raise' });
    const line = MIRROR.split('\n').findIndex((each) => each.includes('err msg')) + 1;
    const { stackTrace, ...body } = JSON.parse(result.retMsg);
    // Since 3.11 a line of carets stands below the source.
    const lines = String(stackTrace)
      .split('\n')
      .filter((each) => !/^[ ^~]+$/u.test(each));
    expect(lines).toEqual([
      'Traceback (most recent call last):',
      `  File "/var/user/index.py", line ${line}, in main_handler`,
      `    if do == 'raise': raise Exception("err msg")`,
      'Exception: err msg',
    ]);
    expect(body).toEqual({
      errorCode: -1,
      errorMessage: 'user code exception caught',
      requestId: result.requestId,
      statusCode: 430,
    });
  });

  test.each(['exit', 'hard-exit', 'exit-with-thread'])(
    'that ends its process (%s) gets 439',
    async (fault) => {
      expect(await invoke('mirror', { do: fault })).toMatchObject({
        statusCode: 439,
        retMsg: '{"errorCode":-1,"errorMessage":"User process exit when running","statusCode":439}',
      });
      expect(await invoke('mirror')).toMatchObject({ statusCode: 200 });
    },
  );

  test('that forks answers once, from the parent', async () => {
    expect(await invoke('mirror', { do: 'fork' })).toMatchObject({ retMsg: '"from the parent"' });
    expect(await invoke('mirror')).toMatchObject({ statusCode: 200, retMsg: '{}' });
  });

  test('that has no memory left gets 434', async () => {
    expect(await invoke('mirror', { do: 'memory' })).toMatchObject({ statusCode: 434 });
  });

  test('gets 400 for an event that is not JSON', async () => {
    expect(await service.invoke({ name: 'mirror', event: '{' })).toMatchObject({ statusCode: 400 });
  });

  test('in a busy loop gets 433 and a new process', async () => {
    const code = `import random\nTOKEN = random.random()\ndef main_handler(event, context):\n  while event: pass\n  return TOKEN`;
    const first = await run('looping', code, 0, { timeoutSec: 1 });
    expect(await invoke('looping', 1)).toMatchObject({ statusCode: 433 });
    const next = await invoke('looping', 0);
    expect(next.statusCode).toBe(200);
    expect(next.retMsg).not.toBe(first.retMsg);
  });

  test('echoes an event of 6 MB', async () => {
    const event = JSON.stringify('é'.repeat(3 * 1024 * 1024 - 1));
    await deploy(service, 'big', 'def main_handler(event, context): return event', { runtime: 'Python3.10' });
    const result = await service.invoke({ name: 'big', event });
    expect(result.retMsg === event).toBe(true);
  });
});

describe('the surroundings of a Python function', () => {
  const SURROUNDINGS = `
import os, sys, time
import lib.part
def main_handler(event, context):
    return {'context': context, 'env': dict(os.environ), 'cwd': os.getcwd(), 'config': open('config.json').read(),
            'part': lib.part.NAME, 'zone': time.strftime('%z'), 'main': __name__, 'path': sys.path[0]}
`;

  test('are the documented ones: context, environment, UTC, the code folder', async () => {
    process.env['SECRET_OF_THE_SERVER'] = 'hidden';
    try {
      const files = { 'index.py': SURROUNDINGS, 'config.json': 'x', 'lib/part.py': 'NAME = "part"' };
      const result = await run('surroundings', files, {}, { environment: { GREETING: 'hello' } });
      const { context, env, cwd, ...rest } = JSON.parse(result.retMsg);
      expect(context).toEqual({
        environ: 'SCF_NAMESPACE=default;SCF_NAMESPACE=default',
        environment: '{"SCF_NAMESPACE":"default"}',
        function_name: 'surroundings',
        function_version: '$LATEST',
        memory_limit_in_mb: 128,
        namespace: 'default',
        request_id: result.requestId,
        tencentcloud_appid: '1250000000',
        tencentcloud_region: 'ap-guangzhou',
        tencentcloud_uin: '1250000000',
        time_limit_in_ms: 20_000,
      });
      expect(env).not.toHaveProperty('SECRET_OF_THE_SERVER');
      expect(env).toMatchObject({ GREETING: 'hello', SCF_RUNTIME: 'Python3.9', USER_CODE_ROOT: `${cwd}/` });
      expect(rest).toEqual({ config: 'x', part: 'part', zone: '+0000', main: 'index', path: cwd });
    } finally {
      delete process.env['SECRET_OF_THE_SERVER'];
    }
  });

  test('take extra variables and folders of modules from the server', async () => {
    const own = await bench.start({
      folder: `${bench.folder}/extras`,
      extras: () => ({ environment: { EXTRA: 'yes', GREETING: 'server' }, pythonPath: ['/extra/modules'] }),
    });
    const code = `import os, sys\ndef main_handler(e, c): return [os.environ['EXTRA'], os.environ['GREETING'], '/extra/modules' in sys.path]`;
    await deploy(own, 'extras', code, { runtime: 'Python3.9', environment: { GREETING: 'own' } });
    const result = await own.invoke({ name: 'extras', event: '{}' });
    expect(result.retMsg).toBe('["yes", "own", true]');
  });
});

describe('the log of a Python function', () => {
  test('holds prints as they are, what is logged, stderr, and a last line without an end', async () => {
    const code = `
import logging, sys
def main_handler(event, context):
    print('printed 中')
    logging.getLogger().info('informed')
    logging.warning('warned')
    print('to stderr', file=sys.stderr)
    sys.stdout.buffer.write(b'\\xff raw\\n')
    print('no end', end='')
`;
    const { requestId } = await run('logs', code);
    const lines = (await logOf('logs', requestId)).split('\n');
    const own = ['printed 中', 'informed', 'warned', '\u{fffd} raw', 'no end'];
    expect(lines.filter((line) => own.includes(line)).toSorted()).toEqual(own.toSorted());
    expect(lines).toContain('to stderr');
    const { requestId: second } = await invoke('logs');
    expect((await logOf('logs', second)).match(/no end/gu)).toHaveLength(1);
  });

  test('holds what was printed before a time out', async () => {
    const code = `def main_handler(event, context):\n  print('before')\n  while True: pass`;
    const { requestId } = await run('hangs', code, {}, { timeoutSec: 1 });
    expect(await logOf('hangs', requestId)).toContain('\nbefore\n');
  });
});

describe('loading a Python function', () => {
  test.each<[string, string, number, RegExp]>([
    [
      'raises',
      'raise Exception("no luck")',
      443,
      /^Traceback .*\/var\/user\/index\.py", line 1, in <module>.*no luck$/su,
    ],
    ['syntax', 'def main_handler(:', 443, /SyntaxError: /u],
    ['no-import', 'import nothing_of_this_name', 443, /ModuleNotFoundError: /u],
    ['no-handler', 'x = 1', 443, /AttributeError: module 'index' has no attribute 'main_handler'$/u],
    ['exits', 'import sys; sys.exit(0)', 439, /^User process exit when running$/u],
  ])('that fails (%s) is reported', async (name, code, statusCode, message) => {
    const result = await run(`load-${name}`, code);
    expect(result.statusCode).toBe(statusCode);
    expect(JSON.parse(result.retMsg).errorMessage).toMatch(message);
  });

  test('needs its file in the package', async () => {
    await expect(run('no-file', { 'index.js': '' })).rejects.toMatchObject({
      code: 'InvalidParameterValue.Handler',
      message: expect.stringContaining('index.py'),
    });
  });

  test('happens once for many calls', async () => {
    const code = 'count = 0\ndef main_handler(e, c):\n  global count\n  count += 1\n  return count';
    await deploy(service, 'counts', code, { runtime: 'Python3.9' });
    await warmed(service, 'counts');
    await invoke('counts');
    expect(await invoke('counts')).toMatchObject({ retMsg: '2', coldStart: false });
  });
});
