import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { countMarked } from '../support/marked-processes.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';
import { createWebFunction, NODE_BOOTSTRAP, send } from '../support/web-function.ts';

let stack: Stack;
let client: FunctionClient;
let hurried: string;
let patient: string;

const MARK = `8${Date.now()}`;
/** A server with what a function may do to a machine. */
const APP = `
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const child = (options) => spawn('sleep', ['${MARK}'], options).on('error', () => {});
const FAULTS = {
  '/once': () => Buffer.alloc(4 * 1024 ** 3, 1).length,
  '/family': () => { for (let i = 0; i < 4; i++) spawn(process.execPath, ['-e', 'const a = Buffer.alloc(60e6, 1); setInterval(() => a, 1000)']); },
  '/forks': () => { for (let i = 0; i < 3000; i++) try { child(); } catch {} },
  '/stubborn': () => { process.on('SIGTERM', () => {}); child({ detached: true, stdio: 'ignore' }); for (;;); },
  '/daemon': () => { child({ detached: true, stdio: 'ignore' }).unref(); process.exit(0); },
  '/fill': () => {
    const part = Buffer.alloc(8 * 1024 * 1024);
    try { for (;;) fs.writeFileSync('/tmp/full', part, { flag: 'a' }); } catch (error) { return error.code; } finally { fs.rmSync('/tmp/full'); }
  },
  '/loud': async () => {
    const part = ('x'.repeat(99) + '\\n').repeat(10_000);
    for (let i = 0; i < 100; i++) await new Promise((done) => process.stdout.write(part, done));
    return 'said';
  },
};
require('node:http').createServer(async (req, res) => {
  const fault = FAULTS[req.url];
  const answer = fault ? await fault() : 'well';
  if (answer !== undefined) res.end(String(answer));
}).listen(9000, '0.0.0.0');
`;

beforeAll(async () => {
  stack = await startQuietStack();
  client = createFunctionClient(stack);
  const files = { scf_bootstrap: NODE_BOOTSTRAP, 'app.js': APP };
  hurried = await createWebFunction(client, { name: 'hurried', files, Timeout: 1 });
  patient = await createWebFunction(client, { name: 'patient', files, Timeout: 120 });
});
afterAll(() => stack?.stop());

describe('a web function', () => {
  test.each([
    ['asks for 4 GB at once', () => patient, '/once', [434], 'Task memory exceeded 128 MB'],
    [
      'has children that take too much memory',
      () => patient,
      '/family',
      [434],
      'Task memory exceeded 128 MB',
    ],
    ['starts processes without end', () => hurried, '/forks', [433, 434], 'Invoking task timed out|exceeded'],
    [
      'spins and ignores SIGTERM',
      () => hurried,
      '/stubborn',
      [433],
      'Invoking task timed out after 1 seconds',
    ],
    ['leaves children behind', () => patient, '/daemon', [439], 'User process exit when running'],
  ] as const)(
    'that %s is ended with everything that it started, and serves on',
    async (_what, pick, path, statuses, text) => {
      const answer = await send(pick() + path);
      expect(statuses).toContain(answer.status);
      expect(JSON.parse(answer.body.toString()).errorMessage).toMatch(new RegExp(text, 'u'));
      await eventually('its processes are gone', async () =>
        (await countMarked(MARK)) === 0 ? true : undefined,
      );
      expect((await send(pick())).body.toString()).toBe('well');
    },
  );

  test('that fills /tmp is told that it is full', async () => {
    expect((await send(`${patient}/fill`)).body.toString()).toBe('ENOSPC');
  });

  test('that prints a hundred megabytes has its log cut', async () => {
    expect((await send(`${patient}/loud`)).body.toString()).toBe('said');
    const log = await eventually('the log is there', async () => {
      const { Data = [] } = await client.GetFunctionLogs({ FunctionName: 'patient' });
      return Data.find(({ Log }) => Log?.includes('log cut here'))?.Log;
    });
    expect(log.length).toBeLessThan(1024 * 1024 + 4096);
  });
});
