import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort, startChildServer } from '../support/child-server.ts';
import { findProcesses } from '../support/processes.ts';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

describe('a start that cannot go on', () => {
  let folder: WorkFolder;
  let dataFolder: string;

  beforeEach(async () => {
    folder = await createWorkFolder();
    dataFolder = folder.join('data');
  });

  afterEach(async () => {
    await folder.remove();
  });

  async function up(env: Record<string, string> = {}): Promise<ProgramResult> {
    return await runProgram(['up'], { env: { VODSTACK_PORT: '0', VODSTACK_DATA: dataFolder, ...env } });
  }

  it('because the port is in use says so, stops its database again and blocks no later start', async () => {
    const { port, close } = await occupyPort();
    const result = await up({ VODSTACK_PORT: String(port) });
    await close();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(
      `Port ${port} on 127.0.0.1 is already in use: stop the other program or choose another port with --port or VODSTACK_PORT.\n`,
    );
    expect(findProcesses(folder.path)).toEqual([]);
    const server = await startChildServer({ dataFolder, port });
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it.each([
    ['VODSTACK_TLS_PORT', '--tls-port'],
    ['VODSTACK_PROXY_PORT', '--proxy-port'],
  ])('because the port in %s is in use says so, and leaves nothing behind', async (variable, option) => {
    const { port, close } = await occupyPort();
    const result = await up({ [variable]: String(port) });
    await close();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(
      `Port ${port} on 127.0.0.1 is already in use: stop the other program or choose another port with ${option} or ${variable}.\n`,
    );
    expect(findProcesses(folder.path)).toEqual([]);
  });

  it('because the data folder cannot be written says so', async () => {
    const file = folder.join('file');
    await writeFile(file, '');
    const result = await up({ VODSTACK_DATA: `${file}/data` });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(
      /^The data folder \S+\/file\/data cannot be written \(.*\): choose another one with --data or VODSTACK_DATA\.\n$/,
    );
  });

  it('because a file stands in the data folder’s place says so', async () => {
    await writeFile(dataFolder, '');
    const result = await up();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/^The data folder \S+\/data cannot be written \(.*\): .*\n$/);
  });

  it('because FFMPEG_PATH names nothing says so before the database is made', async () => {
    const result = await up({ FFMPEG_PATH: '/nonexistent' });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(
      'FFMPEG_PATH is /nonexistent, which does not run as ffmpeg: correct it, or unset it to search PATH.\n',
    );
    await expect(stat(`${dataFolder}/postgres`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(findProcesses(folder.path)).toEqual([]);
  });

  it('because of several settings lists them all at once, without the secret ones', async () => {
    const result = await up({ VODSTACK_PORT: '70000', VODSTACK_DATABASE_URL: 'mysql://me:geheim@host/x' });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr.trimEnd().split('\n')).toEqual([
      'VODSTACK_PORT: expected a port from 0 to 65535, got "70000".',
      expect.stringMatching(/^VODSTACK_DATABASE_URL: expected a URL such as postgres:\/\//),
    ]);
    expect(result.stderr).not.toContain('geheim');
  });

  it('because the database cannot be reached says which one, without its password', async () => {
    const port = await findFreePort();
    const result = await up({ VODSTACK_DATABASE_URL: `postgres://me:geheim@localhost:${port}/x` });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      new RegExp(
        `^PostgreSQL at localhost:${port} cannot be used \\(.*ECONNREFUSED.*\\): check VODSTACK_DATABASE_URL\\.\n$`,
      ),
    );
    expect(result.stderr).not.toContain('geheim');
  });

  it('because credentials.json is damaged says so instead of making new keys', async () => {
    await mkdir(dataFolder);
    await writeFile(`${dataFolder}/credentials.json`, '{"secretId":"AK');
    const result = await up();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/^\S+\/credentials\.json is damaged: .*\n$/);
  });

  it('because another server uses the data folder says so, and leaves that one alone', async () => {
    const server = await startChildServer({ dataFolder, port: await findFreePort() });
    const { pid } = server.process;
    const second = await up();
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toBe(
      `The data folder ${dataFolder} is in use by another vodstack (process ${pid}): stop that one, or choose another folder with --data or VODSTACK_DATA.\n`,
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

async function occupyPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: async () => void (await new Promise((resolve) => server.close(resolve))),
  };
}
