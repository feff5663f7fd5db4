import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporaryFolder } from './support/temporary-folder.ts';

/** A project with nothing but the script, a lock file without packages and a command that shows what it gets. */
let project: Awaited<ReturnType<typeof createTemporaryFolder>>;
let script: string;

const command = `
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), path: process.env.PATH.split(':')[0] }));
if (process.argv.includes('fail')) process.exit(3);
if (process.argv.includes('die')) process.kill(process.pid, 'SIGKILL');
if (process.argv.includes('stay')) setInterval(() => undefined, 1000);
let signals = 0;
process.on('SIGTERM', () => { signals += 1; setTimeout(() => process.exit(40 + signals), 200); });
console.log('ready');
`;

beforeAll(async () => {
  project = await createTemporaryFolder();
  script = join(project.path, 'scripts', 'setup.mjs');
  await cp(resolve(import.meta.dirname, '../../../scripts/setup.mjs'), script);
  const manifest = { name: 'miniature', version: '1.0.0' };
  await writeFile(join(project.path, 'package.json'), JSON.stringify(manifest));
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest } };
  await writeFile(join(project.path, 'package-lock.json'), JSON.stringify(lock));
  await mkdir(join(project.path, 'packages/cli/bin'), { recursive: true });
  await writeFile(join(project.path, 'packages/cli/bin/vodstack.mjs'), command);
});

afterAll(() => project[Symbol.asyncDispose]());

describe('scripts/setup.mjs', () => {
  it('installs what is missing, says so, and runs the command with its arguments', async () => {
    const result = await run(['start', '--port', '0', 'fail']);
    expect(result.stderr).toMatch(/^\[1\/1\] Installing dependencies … {2}done \(\d+ s\)$/);
    expect(JSON.parse(result.stdout)).toMatchObject({
      args: ['up', '--port', '0', 'fail'],
      path: join(project.path, 'node_modules/.bin'),
    });
    expect(result.exitCode).toBe(3);
  });

  it('says nothing when nothing is missing, and keeps the folder of the caller', async () => {
    await using elsewhere = await createTemporaryFolder();
    const result = await run(['start', 'fail'], elsewhere.path);
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toMatchObject({ cwd: elsewhere.path });
  });

  it('installs again when the lock file has changed', async () => {
    const path = join(project.path, 'package-lock.json');
    await writeFile(path, `${await readFile(path, 'utf8')}\n`);
    await writeFile(join(project.path, 'node_modules/.package-lock.json'), '{"packages":null}');
    expect((await run(['install'])).stderr).toContain('Installing dependencies');
    expect((await run(['install'])).stderr).toBe('');
  });

  it('lets one of two at once do the work while the other waits, over the lock of a dead one', async () => {
    await writeFile(join(project.path, 'node_modules/.vodstack-setup'), 'old');
    await writeFile(join(project.path, 'node_modules/.package-lock.json'), '{"packages":null}');
    await mkdir(join(project.path, '.cache/setup.lock'), { recursive: true });
    await writeFile(join(project.path, '.cache/setup.lock/holder'), '999999999 1');
    const results = await Promise.all([run(['install']), run(['install'])]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const all = results.map(({ stderr }) => stderr).join('\n');
    expect(all.match(/Installing dependencies/g)).toHaveLength(1);
    await expect(stat(join(project.path, '.cache/setup.lock'))).rejects.toThrow('ENOENT');
  });

  it('forwards a signal once and ends with the exit code of the command', async () => {
    const child = spawn(process.execPath, [script, 'start', 'stay'], { env: environment() });
    await untilReady(child);
    child.kill('SIGTERM');
    const [code]: unknown[] = await once(child, 'exit');
    expect(code).toBe(41);
  });

  it('ends with 128 and the number of the signal that ended the command', async () => {
    expect((await run(['start', 'die'])).exitCode).toBe(128 + 9);
  });

  it('shows how it is called', async () => {
    const result = await run(['dance']);
    expect(result.stderr).toContain('Usage: node scripts/setup.mjs <start|test|check|bench|install>');
    expect(result.exitCode).toBe(1);
  });
});

async function run(
  args: string[],
  cwd: string = project.path,
): Promise<{
  stdout: string;
  stderr: string;
  exitCode: number | undefined;
}> {
  const { stdout, stderr, exitCode } = await execa(process.execPath, [script, ...args], {
    cwd,
    env: environment(),
    reject: false,
  });
  return { stdout, stderr, exitCode };
}

/** Nothing of the system is to be installed by a test, and no other npm project may show through. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, FFMPEG_PATH: '/bin/true', FFPROBE_PATH: '/bin/true', npm_execpath: '' };
}

async function untilReady(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout ?? []) {
    if (String(chunk).includes('ready')) return;
  }
}
