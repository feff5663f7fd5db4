import { mkdir, readFile, stat } from 'node:fs/promises';
import { Client as PgClient } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitReady, findFreePort, spawnServer, startChildServer } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { findProcesses } from '../support/processes.ts';
import { type RunningProgram, spawnProgram } from '../support/program.ts';
import { startSeparatePostgres } from '../support/separate-postgres.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

describe('a start', () => {
  let folder: WorkFolder;
  let dataFolder: string;
  let port: number;
  const running: RunningProgram[] = [];

  beforeEach(async () => {
    folder = await createWorkFolder();
    dataFolder = folder.join('data');
    port = await findFreePort();
  });

  afterEach(async () => {
    for (const program of running.splice(0)) await program.end('SIGTERM');
    await folder.remove();
  });

  it('makes a key that only its owner can read, and takes what the environment gives instead', async () => {
    const first = await startChildServer({ dataFolder, port });
    running.push(first);
    expect((await stat(`${dataFolder}/credentials.json`)).mode & 0o777).toBe(0o600);
    expect((await stat(dataFolder)).mode & 0o777).toBe(0o700);
    const made: unknown = JSON.parse(await readFile(`${dataFolder}/credentials.json`, 'utf8'));
    expect(made).toMatchObject({ secretId: expect.stringMatching(/^AKID\w{32}$/) as string });
    await first.end('SIGTERM');

    const account = {
      SECRET_ID: 'AKIDgiven0123456789',
      SECRET_KEY: 'given-key-0123456789',
      APPID: '1257654321',
    };
    const place = { VODSTACK_PORT: String(port), VODSTACK_HOST: '127.0.0.2', VODSTACK_DATA: dataFolder };
    const second = spawnProgram(['up'], { env: { ...account, ...place } });
    running.push(second);
    await awaitReady(`http://127.0.0.2:${port}`, second);
    const shown = await fetch(`http://127.0.0.2:${port}/console/api/account`);
    expect(await shown.json()).toMatchObject({ secretId: account.SECRET_ID, appId: Number(account.APPID) });
    expect(second.output()).not.toContain(account.SECRET_KEY);
  });

  it('takes host, port and a data folder with a very long path, below a closed one, from options before the environment', async () => {
    const deep = folder.join('closed', 'a'.repeat(100), 'b'.repeat(100), 'mit Leerzeichen und Ümläuten');
    await mkdir(folder.join('closed'), { mode: 0o700 });
    const env = { VODSTACK_PORT: '1', VODSTACK_HOST: '192.0.2.1', VODSTACK_DATA: '/nowhere' };
    const args = ['up', '--port', String(port), '--host', '0.0.0.0', '--data', deep];
    const server = spawnProgram(args, { env });
    running.push(server);
    await awaitReady(`http://127.0.0.1:${port}`, server);
    await eventually('the summary is printed', () => server.stdout().includes('Ctrl-C stops it.'));
    expect(server.stdout()).toContain(`http://127.0.0.1:${port}/console/`);
    expect(server.stderr()).toBe('');
    expect((await stat(`${deep}/credentials.json`)).isFile()).toBe(true);
  });

  it('that is cut off by Ctrl-C leaves no database behind and blocks no later start', async () => {
    const server = spawnServer({ dataFolder, port });
    await eventually('the database is being started', () => server.stdout().includes('Starting PostgreSQL'));
    expect(await server.end('SIGINT')).toBe(0);
    expect(server.stdout()).not.toContain('vodstack is ready');
    expect(findProcesses(dataFolder)).toEqual([]);
    running.push(await startChildServer({ dataFolder, port }));
  });

  it('shows on /healthz what is missing: while it starts, and when its database is gone', async () => {
    const postgres = await startSeparatePostgres();
    const options = { dataFolder, port, env: { VODSTACK_DATABASE_URL: postgres.url } };
    const url = `http://127.0.0.1:${port}`;
    try {
      await (await startChildServer(options)).end('SIGTERM');
      const lock = await lockTable(postgres.url, 'gateway.api');
      const server = spawnServer(options);
      running.push(server);
      const starting = await eventually('the port is open', () => readHealth(url));
      expect(starting).toEqual({
        status: 503,
        body: { status: 'not ready', problems: { start: 'the server is still starting' } },
      });
      await lock.release();
      await awaitReady(url, server);
      expect(await readHealth(url)).toEqual({ status: 200, body: { status: 'ok' } });
    } finally {
      await postgres.stop();
    }
    const gone = await eventually('the loss is noticed', async () => {
      const health = await readHealth(url);
      return health?.status === 503 && health;
    });
    expect(gone.body).toMatchObject({
      status: 'not ready',
      problems: { database: expect.stringMatching(/database|answer/) as string },
    });
  });
});

interface Health {
  readonly status: number;
  readonly body: unknown;
}

async function readHealth(url: string): Promise<Health | undefined> {
  const response = await fetch(`${url}/healthz`).catch(() => undefined);
  return response && { status: response.status, body: await response.json() };
}

/** Holds a table so that whoever reads it has to wait. */
async function lockTable(url: string, table: string): Promise<{ release: () => Promise<void> }> {
  const client = new PgClient({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return { release: () => client.end() };
}
