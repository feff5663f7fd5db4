import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesIn } from '../../src/database/embedded/postmaster.ts';
import {
  createDatabase,
  createEmbeddedPostgres,
  createLogger,
  isDatabaseLost,
  type ConnectionOptions,
  type EmbeddedPostgres,
} from '../../src/index.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const logger = createLogger({ level: 'silent' });
const isRoot = process.getuid?.() === 0;

/** A stopped cluster that tests copy, which is faster than making one for each. */
let template: Awaited<ReturnType<typeof createTemporaryFolder>>;
const firstSteps: string[] = [];

beforeAll(async () => {
  template = await createTemporaryFolder();
  const postgres = createEmbeddedPostgres({
    folder: template.path,
    logger,
    onProgress: (step) => firstSteps.push(step),
  });
  const connection = await postgres.start();
  await query(connection, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)');
  await postgres.stop();
});

afterAll(() => template[Symbol.asyncDispose]());

describe('createEmbeddedPostgres', () => {
  it('makes a UTF-8 cluster that is durable, keeps UTC and has no port', async () => {
    await using server = await startCopy();
    expect(firstSteps).toEqual(['Creating the database', 'Starting PostgreSQL']);
    const settings: Record<string, string> = {};
    for (const name of ['fsync', 'listen_addresses', 'TimeZone', 'server_encoding', 'max_connections']) {
      const [row] = await query(server.connection, `SHOW ${name}`);
      settings[name] = String(Object.values(row ?? {})[0]);
    }
    expect(settings).toEqual({
      fsync: 'on',
      listen_addresses: '',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
      max_connections: '50',
    });
    expect(await query(server.connection, "SELECT 'ÉTÉ' ILIKE 'été' AS same")).toEqual([{ same: true }]);
    expect((await stat(server.connection.host ?? '')).mode & 0o777).toBe(0o700);
  });

  it('says under whose identity it runs', async () => {
    await using server = await startCopy();
    const how = server.postgres.describe();
    expect(how).toMatch(isRoot ? /user namespace|uid 65534, with its files in/ : /as this user/);
  });

  it('is another uid with files that this uid can reach when root is told so', async () => {
    await using reachable = await createTemporaryFolder();
    await chmod(reachable.path, 0o755);
    await using server = await startCopy({
      rootStrategy: 'other-user',
      reachableRoot: join(reachable.path, 'r'),
    });
    expect(await readKept(server.connection)).toEqual([{ id: 42 }]);
    expect(server.postgres.describe()).toMatch(isRoot ? `in ${reachable.path}` : 'as this user');
    const names = await readdir(server.folder);
    expect(names.includes('data')).toBe(!isRoot);
  });

  it('refuses a home that the other uid cannot enter, and leaves the cluster where it is', async () => {
    await using closed = await createTemporaryFolder();
    await using folder = await copyTemplate();
    const options = { rootStrategy: 'other-user', reachableRoot: join(closed.path, 'r') } as const;
    const postgres = createEmbeddedPostgres({ folder: folder.path, logger, ...options });
    const outcome = await postgres.start().then(
      () => 'started as this user',
      (error: unknown) => String(error),
    );
    await postgres.stop();
    expect(outcome).toMatch(isRoot ? /uid 65534 cannot enter/ : 'started as this user');
    expect(await readdir(folder.path)).toContain('data');
  });

  it('starts and stops as often as one likes, sharing a start among callers', async () => {
    await using server = await startCopy();
    expect(await server.postgres.start()).toBe(await server.postgres.start());
    await server.postgres.stop();
    await server.postgres.stop();
    const connection = await server.postgres.start();
    expect(await readKept(connection)).toEqual([{ id: 42 }]);
  });

  it('takes over the server of a killed process group and can stop it', async () => {
    await using folder = await copyTemplate();
    const script = join(import.meta.dirname, '../fixtures/start-postgres.ts');
    const child = spawn(process.execPath, [script, folder.path], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    const pid = await readPostmasterPid(folder.path);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'exit');
    const postgres = createEmbeddedPostgres({ folder: folder.path, logger });
    const connection = await postgres.start();
    expect(await readPostmasterPid(folder.path)).toBe(pid);
    expect(await readKept(connection)).toEqual([{ id: 42 }]);
    await postgres.stop();
    await waitFor(() => processesIn(join(folder.path, 'data')).length === 0);
  });

  it('lets two starters at once share one server, which the last one stops', async () => {
    await using folder = await copyTemplate();
    const first = createEmbeddedPostgres({ folder: folder.path, logger });
    const second = createEmbeddedPostgres({ folder: folder.path, logger });
    const [connection] = await Promise.all([first.start(), second.start()]);
    await first.stop();
    expect(await readKept(connection)).toEqual([{ id: 42 }]);
    await second.stop();
    await expect(readKept(connection)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });

  it('recovers what was committed after the server itself was killed', async () => {
    await using server = await startCopy();
    await query(server.connection, 'INSERT INTO kept VALUES (43)');
    process.kill(await readPostmasterPid(server.folder), 'SIGKILL');
    const again = createEmbeddedPostgres({ folder: server.folder, logger });
    const connection = await again.start();
    expect(await readKept(connection)).toEqual([{ id: 42 }, { id: 43 }]);
    await again.stop();
  });

  it('is started again by its user when it was killed, and a transaction under way only fails', async () => {
    await using server = await startCopy();
    const database = createDatabase({ connection: server.connection, logger });
    const pid = await readPostmasterPid(server.folder);
    const client = await database.pool.connect();
    await client.query('BEGIN; INSERT INTO kept VALUES (44)');
    process.kill(pid, 'SIGKILL');
    const rows = await waitFor(async () => {
      const result = await database.pool.query('SELECT id FROM kept').catch(() => undefined);
      return result?.rows;
    });
    expect(rows).toEqual([{ id: 42 }]);
    expect(await readPostmasterPid(server.folder)).not.toBe(pid);
    const failure: unknown = await client.query('COMMIT').catch((error: unknown) => error);
    expect(isDatabaseLost(failure)).toBe(true);
    client.release(true);
    await database.close();
  });

  it('is not fooled by a pid file whose number now belongs to another program', async () => {
    await using folder = await copyTemplate();
    const pidFile = join(folder.path, 'data', 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n${folder.path}/data\n1700000000\n5432\n`, { mode: 0o600 });
    await using server = await start(folder.path);
    expect(await readKept(server.connection)).toEqual([{ id: 42 }]);
  });

  it('begins anew when the creation of the cluster was cut off', async () => {
    await using folder = await createTemporaryFolder();
    await mkdir(join(folder.path, 'data.init-cutoff', 'base'), { recursive: true });
    await using server = await start(folder.path);
    expect(await query(server.connection, 'SELECT current_database() AS name')).toEqual([
      { name: 'vodstack' },
    ]);
    expect((await readdir(folder.path)).filter((name) => name.includes('init'))).toEqual([]);
  });

  it('takes over the lock of a process that was killed while it started', async () => {
    await using folder = await copyTemplate();
    await writeFile(join(folder.path, 'start.lock'), '999999999-0');
    await using server = await start(folder.path);
    expect(await readKept(server.connection)).toEqual([{ id: 42 }]);
  });

  it('puts the socket elsewhere when its path would be too long', async () => {
    await using folder = await createTemporaryFolder();
    const deep = join(folder.path, 'x'.repeat(100));
    await cp(template.path, deep, { recursive: true });
    await using server = await start(deep);
    const { host = '' } = server.connection;
    expect(host.startsWith(deep)).toBe(false);
    expect(await readKept(server.connection)).toEqual([{ id: 42 }]);
    await server.postgres.stop();
    await expect(stat(host)).rejects.toThrow('ENOENT');
  });

  it('says in one sentence that the cluster is of another version', async () => {
    await using folder = await copyTemplate();
    await writeFile(join(folder.path, 'data', 'PG_VERSION'), '17\n');
    await expect(createEmbeddedPostgres({ folder: folder.path, logger }).start()).rejects.toThrow(
      /made by PostgreSQL 17, and this program brings PostgreSQL 18/,
    );
  });

  it('shows the end of the log when the server does not come up, and can be stopped then', async () => {
    await using folder = await copyTemplate();
    await writeFile(join(folder.path, 'data', 'postgresql.conf'), 'no_such_setting = 1\n');
    const postgres = createEmbeddedPostgres({ folder: folder.path, logger });
    await expect(postgres.start()).rejects.toThrow(/unrecognized configuration parameter "no_such_setting"/);
    await postgres.stop();
  });

  it('leaves pool and listeners working across a restart', async () => {
    await using server = await startCopy();
    const database = createDatabase({ connection: server.connection, logger });
    const heard: string[] = [];
    await database.listen('across', (text) => heard.push(text));
    await server.postgres.stop();
    await server.postgres.start();
    await waitFor(() => heard.length === 2);
    await database.pool.query("NOTIFY across, 'after'");
    await waitFor(() => heard.includes('after'));
    expect(heard).toEqual(['', '', 'after']);
    await database.close();
  });
});

interface RunningServer extends AsyncDisposable {
  folder: string;
  postgres: EmbeddedPostgres;
  connection: ConnectionOptions;
}

type RootOptions = Pick<Parameters<typeof createEmbeddedPostgres>[0], 'rootStrategy' | 'reachableRoot'>;

async function start(folder: string, options: RootOptions = {}): Promise<RunningServer> {
  const postgres = createEmbeddedPostgres({ folder, logger, ...options });
  const connection = await postgres.start();
  return { folder, postgres, connection, [Symbol.asyncDispose]: () => postgres.stop() };
}

async function startCopy(options: RootOptions = {}): Promise<RunningServer> {
  const folder = await copyTemplate();
  const server = await start(folder.path, options);
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.postgres.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function copyTemplate(): Promise<AsyncDisposable & { path: string }> {
  const folder = await createTemporaryFolder();
  await cp(template.path, folder.path, { recursive: true });
  return folder;
}

function readKept(connection: ConnectionOptions): Promise<Record<string, unknown>[]> {
  return query(connection, 'SELECT id FROM kept ORDER BY id');
}

async function query(connection: ConnectionOptions, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function readPostmasterPid(folder: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
}
