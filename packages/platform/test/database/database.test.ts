import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListener } from '../../src/database/listener.ts';
import {
  createDatabase,
  createLogger,
  LIVE_CHANNEL,
  migrate,
  notifyLive,
  StartupError,
  type ConnectionOptions,
  type Database,
} from '../../src/index.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const logger = createLogger({ level: 'silent' });
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestDatabase();
  database = createDatabase({ connection: server.connection, logger });
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

describe('createDatabase', () => {
  it('reads int8 as number, numeric as text, timestamptz as Date and json parsed', async () => {
    const { rows } = await database.pool.query(
      `SELECT 9007199254740991::int8 AS big, ARRAY[1, NULL, 3]::int8[] AS bigs, 1.50::numeric AS amount,
        '2020-06-05T17:16:08Z'::timestamptz AS at, '{"a":[1]}'::jsonb AS data, count(*) AS count`,
    );
    expect(rows[0]).toEqual({
      big: 9007199254740991,
      bigs: [1, null, 3],
      amount: '1.50',
      at: new Date('2020-06-05T17:16:08Z'),
      data: { a: [1] },
      count: 1,
    });
  });

  it('survives that the server drops its idle connections', async () => {
    await database.pool.query('SELECT 1');
    await terminate('vodstack');
    const { rowCount } = await waitFor(() => database.pool.query('SELECT 1').catch(() => null));
    expect(rowCount).toBe(1);
  });

  it('closes twice without an error and refuses work after that', async () => {
    const other = createDatabase({ connection: server.connection, logger });
    await other.pool.query('SELECT 1');
    await Promise.all([other.close(), other.close()]);
    await expect(other.listen('x', () => undefined)).rejects.toThrow('closed');
  });
});

describe('migrate', () => {
  const create = { version: 1, name: 'create', sql: 'CREATE TABLE shop.item (id int PRIMARY KEY)' };
  const addName = { version: 2, name: 'add name', sql: 'ALTER TABLE shop.item ADD COLUMN name text' };

  it('runs each step once however many processes start at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(database, 'shop', [create])));
    await migrate(database, 'shop', [create, addName]);
    const { rows } = await database.pool.query(
      'SELECT version, name FROM shop.schema_version ORDER BY version',
    );
    expect(rows).toEqual([
      { version: 1, name: 'create' },
      { version: 2, name: 'add name' },
    ]);
  });

  it('leaves everything as it was when a step fails', async () => {
    const broken = { version: 2, name: 'broken', sql: 'CREATE TABLE half.b (id int); SELECT nonsense' };
    const first = { version: 1, name: 'first', sql: 'CREATE TABLE half.a (id int)' };
    await expect(migrate(database, 'half', [first, broken])).rejects.toThrow(
      /Migration 2 \(broken\).*nonsense/,
    );
    const { rows } = await database.pool.query("SELECT 1 FROM pg_namespace WHERE nspname = 'half'");
    expect(rows).toEqual([]);
  });

  it('refuses a database that is newer than the program', async () => {
    const one = { version: 1, name: 'one', sql: 'SELECT 1' };
    await migrate(database, 'newer', [one, { ...one, version: 2 }]);
    await expect(migrate(database, 'newer', [one])).rejects.toThrow(StartupError);
  });

  it('refuses steps with a gap in their numbers', async () => {
    await expect(migrate(database, 'gap', [addName])).rejects.toThrow('wrong version');
  });
});

describe('listen', () => {
  it('hears of a change when its transaction commits, and not when it rolls back', async () => {
    const heard: string[] = [];
    await using subscription = toDisposable(await database.listen(LIVE_CHANNEL, (text) => heard.push(text)));
    const db = database.kysely<Record<string, never>>();
    const rollback = db.transaction().execute(async (tx) => {
      await notifyLive(tx, { kind: 'task', id: 'lost' });
      throw new Error('no');
    });
    await expect(rollback).rejects.toThrow('no');
    await db.transaction().execute((tx) => notifyLive(tx, { kind: 'media', id: 'kept' }));
    await waitFor(() => heard.length === 2);
    expect(heard).toEqual(['', '{"kind":"media","id":"kept"}']);
    expect(subscription).toBeDefined();
  });

  it('serves many listeners over one connection, each until it is closed', async () => {
    const heard: string[] = [];
    const one = await database.listen('many', (text) => heard.push(`one ${text}`));
    const two = await database.listen('many', (text) => heard.push(`two ${text}`));
    const other = await database.listen('other "channel"', (text) => heard.push(`other ${text}`));
    await one.close();
    await notify('many', 'a');
    await notify('other "channel"', 'b');
    await waitFor(() => heard.includes('other b'));
    expect(heard).toEqual(['one ', 'two ', 'other ', 'two a', 'other b']);
    expect(await countConnections('vodstack listen')).toBe(1);
    await Promise.all([two.close(), other.close()]);
  });

  it('subscribes again after the connection was lost and tells each listener to catch up', async () => {
    const heard: string[] = [];
    const subscription = await database.listen('again', (text) => heard.push(text));
    await terminate('vodstack listen');
    await waitFor(() => heard.length === 2);
    await notify('again', 'after');
    await waitFor(() => heard.includes('after'));
    expect(heard).toEqual(['', '', 'after']);
    await subscription.close();
  });

  it('notices a connection that died without a word', async () => {
    await using proxy = await startProxy(server.connection);
    await using listener = toDisposable(
      createListener({ connection: proxy.connection, logger, heartbeatMs: 300 }),
    );
    const heard: string[] = [];
    await listener.listen('silent', (text) => heard.push(text));
    proxy.freeze();
    await waitFor(() => heard.length === 2);
    await notify('silent', 'after');
    await waitFor(() => heard.includes('after'));
    expect(heard).toEqual(['', '', 'after']);
  });

  it('rejects when the first connection cannot be made', async () => {
    const connection = { ...server.connection, connectionString: 'postgres://nobody@127.0.0.1:1/none' };
    const nowhere = createDatabase({ connection, logger });
    await expect(nowhere.listen('x', () => undefined)).rejects.toThrow('ECONNREFUSED');
    await nowhere.close();
  });
});

async function notify(channel: string, payload: string): Promise<void> {
  await sql`SELECT pg_notify(${channel}, ${payload})`.execute(database.kysely<Record<string, never>>());
}

async function terminate(applicationName: string): Promise<void> {
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()`,
    [applicationName],
  );
}

async function countConnections(applicationName: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
    [applicationName],
  );
  return rows[0]?.count ?? 0;
}

function toDisposable<Part extends { close(): Promise<void> }>(part: Part): Part & AsyncDisposable {
  return Object.assign(part, { [Symbol.asyncDispose]: () => part.close() });
}

interface Proxy extends AsyncDisposable {
  connection: ConnectionOptions;
  /** From now on the connections that exist pass nothing more; new ones work. */
  freeze(): void;
}

async function startProxy(target: ConnectionOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((inside) => {
    const outside = openTo(target);
    for (const socket of [inside, outside]) sockets.add(socket.on('error', () => undefined));
    inside.on('close', () => outside.destroy());
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    connection: { ...withoutAddress(target), host: '127.0.0.1', port },
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function openTo({ connectionString, host = '', port = 5432 }: ConnectionOptions): Socket {
  if (connectionString === undefined) return connect(join(host, `.s.PGSQL.${port}`));
  const url = new URL(connectionString);
  return connect(Number(url.port || 5432), url.hostname);
}

function withoutAddress({ connectionString, ...parts }: ConnectionOptions): ConnectionOptions {
  if (connectionString === undefined) return parts;
  const url = new URL(connectionString);
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
}
