import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FunctionService } from '../src/index.ts';
import { deploy, eventually, openFunctionBench, type FunctionBench } from './support/function-bench.ts';

let bench: FunctionBench;
let service: FunctionService;

beforeAll(async () => {
  bench = await openFunctionBench();
  // Nothing is started at a deployment: every first call takes a process that was started ahead.
  service = await bench.start({ maxWarm: 0 });
});
afterAll(() => bench.close());

const slots = (): Promise<string[]> => readdir(join(bench.folder, 'slots'));

/** A process that has booted, or is about to, waits for its code. */
async function spareIsThere(): Promise<void> {
  await eventually(async () => ((await slots()).length > 0 ? true : undefined));
}

const CODE = `const fs = require('node:fs');
exports.main_handler = () => ({ env: process.env, files: fs.readdirSync('.').sort(), lib: require('./lib/part'),
  hour: new Date(0).getHours(), write: (() => { try { fs.writeFileSync('x', ''); } catch (error) { return error.code; } })() });`;

test.each([
  ['Nodejs18.15', { 'index.js': CODE, 'lib/part.js': 'module.exports = "part";' }, ['index.js', 'lib']],
  [
    'Python3.9',
    {
      'index.py': `import os, time, lib.part
def attempt():
    try: open('x', 'w')
    except OSError as error: return 'EROFS' if error.errno == 30 else str(error)
def main_handler(e, c): return {'env': dict(os.environ), 'files': sorted(os.listdir('.')), 'lib': lib.part.NAME, 'hour': time.localtime(0).tm_hour, 'write': attempt()}`,
      'lib/part.py': 'NAME = "part"',
    },
    ['index.py', 'lib'],
  ],
])(
  'a function of %s that gets a process started ahead finds what it would find in its own',
  async (runtime, files, names) => {
    const name = `first-${runtime.slice(0, 4)}`;
    await deploy(service, name, files, { runtime, environment: { SECRET: 'of the first' } });
    const first = JSON.parse((await service.invoke({ name, event: '{}' })).retMsg);
    await spareIsThere();
    const before = (await slots()).length;
    const second = name.replace('first', 'second');
    const environment = { OWN: 'of the second', TZ: 'Asia/Shanghai' };
    await deploy(service, second, files, { runtime, environment });
    const result = await service.invoke({ name: second, event: '{}' });
    expect(result).toMatchObject({ statusCode: 200, coldStart: true });
    const { env, ...seen } = JSON.parse(result.retMsg);
    expect(seen).toEqual({ files: names, lib: 'part', hour: 8, write: 'EROFS' });
    expect(env).toMatchObject({ SCF_FUNCTIONNAME: second, OWN: 'of the second' });
    expect(env).not.toHaveProperty('SECRET');
    const { SECRET, ...rest } = first.env;
    expect(SECRET).toBe('of the first');
    expect(Object.keys(env).toSorted()).toEqual([...Object.keys(rest), 'OWN'].toSorted());
    expect(before).toBeGreaterThan(0);
  },
);

test('a package with many files gets a process of its own', async () => {
  const parts = Array.from({ length: 300 }, (_, index) => [`part-${index}.js`, ''] as const);
  const files = {
    'index.js': `exports.main_handler = () => require('fs').readdirSync('.').length;`,
    ...Object.fromEntries(parts),
  };
  await spareIsThere();
  await deploy(service, 'many-files', files);
  expect(await service.invoke({ name: 'many-files', event: '{}' })).toMatchObject({ retMsg: '301' });
});

test('only so many instances of all functions wait for work, the ones used last', async () => {
  const own = await bench.start({ maxWarm: 2, folder: join(bench.folder, 'few') });
  const names = ['wa', 'wb', 'wc', 'wd'];
  for (const name of names) {
    await deploy(own, name, 'exports.main_handler = () => 1;');
    expect(await own.invoke({ name, event: '{}' })).toMatchObject({ statusCode: 200 });
  }
  await eventually(async () => {
    const idle = (await own.list()).filter(({ instances }) => instances.idle > 0).map(({ name }) => name);
    return idle.includes('wd') && idle.length === 2 ? true : undefined;
  });
  expect(await own.invoke({ name: 'wa', event: '{}' })).toMatchObject({ statusCode: 200, coldStart: true });
});
