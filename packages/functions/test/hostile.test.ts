import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countMarked } from '../../../tests/support/marked-processes.ts';
import type { FunctionService } from '../src/index.ts';
import {
  deploy,
  eventually,
  finishedRecord,
  openFunctionBench,
  type FunctionBench,
} from './support/function-bench.ts';

let bench: FunctionBench;
let sandboxed: FunctionService;
let plain: FunctionService;

beforeAll(async () => {
  bench = await openFunctionBench();
  sandboxed = await bench.start();
  plain = await bench.start({ isSandboxed: false, folder: join(bench.folder, 'plain') });
});
afterAll(() => bench.close());

const MARK = `7${Date.now()}`;

const NODE = `
const { spawn, execFileSync } = require('node:child_process');
let calls = 0;
const FAULTS = {
  chunks() { const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1)); },
  once() { return Buffer.alloc(4 * 1024 ** 3, 1).length; },
  heap() { const all = []; for (;;) all.push(new Array(1000).fill(Math.random())); },
  async family() { for (let i = 0; i < 4; i++) spawn(process.execPath, ['-e', 'const a = Buffer.alloc(60e6, 1); setInterval(() => a, 1000)']); await new Promise((r) => setTimeout(r, 30_000)); },
  async forks() { for (let i = 0; i < 3000; i++) { try { spawn('sleep', ['${MARK}']).on('error', () => {}); } catch {} } await new Promise((r) => setTimeout(r, 30_000)); },
  stubborn() { process.on('SIGTERM', () => {}); spawn('sh', ['-c', "trap '' TERM HUP; sleep ${MARK}"], { detached: true, stdio: 'ignore' }); for (;;); },
  daemon() { spawn('sleep', ['${MARK}'], { detached: true, stdio: 'ignore' }).unref(); process.exit(0); },
  loud() { const line = 'x'.repeat(99) + '\\n'; const part = line.repeat(10_000); for (let i = 0; i < 100; i++) process.stdout.write(part); return 'said'; },
};
exports.main_handler = async ({ fault }) => (fault ? FAULTS[fault]() : ++calls);
`;
const PYTHON = `
import os, subprocess, sys, time
calls = 0
def chunks():
    kept = []
    while True: kept.append(bytearray(16 * 1024 * 1024))
def once(): return len(bytearray(4 * 1024 ** 3))
def bomb():
    while True:
        try:
            if os.fork() == 0: time.sleep(1)
        except OSError: time.sleep(0.01)
def main_handler(event, context):
    global calls
    fault = event.get('fault')
    if fault: return globals()[fault]()
    calls += 1
    return calls
`;

const CASES = [
  ['sandbox', () => sandboxed],
  ['plain process', () => plain],
] as const;

describe.each(CASES)('in a %s', (_, pick) => {
  const call = (name: string, fault?: string) => pick().invoke({ name, event: JSON.stringify({ fault }) });

  beforeAll(async () => {
    await deploy(pick(), 'hostile', NODE, { timeoutSec: 1 });
    await deploy(pick(), 'patient', NODE, { timeoutSec: 60 });
    await deploy(pick(), 'snake', PYTHON, { timeoutSec: 60, runtime: 'Python3.9' });
    await deploy(pick(), 'hurried-snake', PYTHON, { timeoutSec: 1, runtime: 'Python3.9' });
  });

  test.each([
    ['patient', 'chunks'],
    ['patient', 'once'],
    ['patient', 'heap'],
    ['patient', 'family'],
    ['snake', 'chunks'],
    ['snake', 'once'],
  ])('%s: taking too much memory (%s) is reported as 434, and the next call runs', async (name, fault) => {
    const result = await call(name, fault);
    expect(result.retMsg).toBe(
      '{"errorCode":-1,"errorMessage":"Task memory exceeded 128 MB","statusCode":434}',
    );
    expect((await call(name)).statusCode).toBe(200);
  });

  test.each([
    ['hostile', 'stubborn'],
    ['hostile', 'forks'],
    ['hurried-snake', 'bomb'],
  ])('%s: what does not end (%s) is ended with everything that it started', async (name, fault) => {
    const result = await call(name, fault);
    expect([433, 434]).toContain(result.statusCode);
    await eventually(async () => ((await countMarked(MARK)) === 0 ? true : undefined));
    expect(await call(name)).toMatchObject({ statusCode: 200, retMsg: '1' });
  });

  test('a hundred megabytes of output are cut in the log, and the answer is there', async () => {
    const result = await call('patient', 'loud');
    expect(result).toMatchObject({ statusCode: 200, retMsg: '"said"' });
    const { log } = await finishedRecord(pick(), 'patient', result.requestId);
    expect(log?.length).toBeLessThan(1024 * 1024 + 4096);
    expect(log).toContain('log cut here');
  });
});

test('in a sandbox, what ends and leaves children behind is ended with them', async () => {
  const result = await sandboxed.invoke({ name: 'patient', event: '{"fault":"daemon"}' });
  expect(result.statusCode).toBe(439);
  await eventually(async () => ((await countMarked(MARK)) === 0 ? true : undefined));
});

describe('a sandbox', () => {
  let folder: string;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vodstack-outside-'));
    server = createServer((_, response) => response.end('reached')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function evaluate(expression: string, environment: Record<string, string> = {}): Promise<unknown> {
    const code = `const fs = require('node:fs'); const os = require('node:os');
      const attempt = (action) => { try { return action(); } catch (error) { return error.code; } };
      exports.main_handler = async ({ folder, address }) => (${expression});`;
    await deploy(sandboxed, 'prober', code, { environment });
    const result = await sandboxed.invoke({ name: 'prober', event: JSON.stringify({ folder, address }) });
    expect(result).toMatchObject({ statusCode: 200 });
    return JSON.parse(result.retMsg);
  }

  test('is what functions run in on this machine, and it is said what limits them', () => {
    const description = expect.stringMatching(
      /; limits by (?:cgroup v[12]|watching, because cgroups cannot be made here)$/u,
    );
    expect(sandboxed.isolation()).toEqual({ kind: 'bubblewrap', description });
    expect(plain.isolation()).toEqual({ kind: 'process', description });
  });

  test('shows the cloud’s folders and user, and nothing of the server', async () => {
    const seen = await evaluate(`{
      cwd: process.cwd(), user: os.userInfo().username, home: os.homedir(), root: fs.readdirSync('/').sort(),
      code: fs.readdirSync('/var/user'), outside: fs.existsSync(folder), tmp: fs.readdirSync('/tmp'),
      shadow: attempt(() => fs.readFileSync('/etc/shadow')), pids: fs.readdirSync('/proc').filter((name) => +name).length < 6,
      uid: process.getuid() !== 0, layers: fs.existsSync('/opt'),
      capabilities: /CapEff:\\s+(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
    }`);
    expect(seen).toEqual({
      cwd: '/var/user',
      user: 'qcloud',
      home: '/tmp',
      root: expect.not.arrayContaining(['root', 'work', 'run', 'srv', 'sys']),
      code: ['index.js'],
      outside: false,
      tmp: [],
      shadow: 'ENOENT',
      pids: true,
      uid: true,
      layers: false,
      capabilities: '0000000000000000',
    });
  });

  test('lets a function write to /tmp alone, up to its size', async () => {
    const written = await evaluate(`{
      code: attempt(() => fs.writeFileSync('/var/user/x', '')), root: attempt(() => fs.writeFileSync('/x', '')),
      etc: attempt(() => fs.writeFileSync('/etc/hosts', '')), home: attempt(() => fs.mkdirSync('/home/qcloud')),
      dev: attempt(() => fs.writeFileSync('/dev/x', '')), proc: attempt(() => fs.writeFileSync('/proc/sys/kernel/core_pattern', 'x')),
      tmp: attempt(() => fs.writeFileSync('/tmp/x', 'x')) ?? 'ok',
      full: attempt(() => { const part = Buffer.alloc(8 * 1024 * 1024); for (let i = 0; i < 80; i++) fs.writeFileSync('/tmp/y', part, { flag: 'a' }); }),
      size: Math.round(fs.statSync('/tmp/y').size / 2 ** 20),
    }`);
    expect(written).toEqual({
      code: 'EROFS',
      root: 'EROFS',
      etc: 'EROFS',
      home: 'EROFS',
      dev: 'EROFS',
      proc: expect.stringMatching(/^(?:EROFS|EACCES)$/u),
      tmp: 'ok',
      full: 'ENOSPC',
      size: expect.closeTo(512, -1),
    });
  });

  test('lets a function have 1024 files open', async () => {
    const opened = await evaluate(`(() => {
      const files = [];
      try { for (;;) files.push(fs.openSync('/dev/null')); } catch (error) { return [error.code, files.length > 900, files.length < 1024]; }
      finally { files.map((file) => fs.closeSync(file)); }
    })()`);
    expect(opened).toEqual(['EMFILE', true, true]);
  });

  test('reaches the network, unless its policy says none', async () => {
    const expression = `await fetch(address).then((answer) => answer.text(), (error) => error.cause.code)`;
    expect(await evaluate(expression)).toBe('reached');
    expect(await evaluate(expression, { VODSTACK_NETWORK: 'none' })).toBe('ECONNREFUSED');
  });

  test('does not hand the loader’s variables to programs that run before the function', async () => {
    const code = 'exports.main_handler = () => process.env.LD_LIBRARY_PATH;';
    await deploy(sandboxed, 'loader', code, { environment: { LD_LIBRARY_PATH: '/var/user/lib' } });
    expect(await sandboxed.invoke({ name: 'loader', event: '{}' })).toMatchObject({
      retMsg: '"/var/user/lib"',
    });
  });
});
