import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { isIdentityAlive } from '../../src/process-identity.ts';
import { createEmbeddedPostgres, createLogger, type ConnectionOptions } from '../../src/index.ts';

/** A fresh, empty database and how to get rid of it. */
export interface TestDatabase {
  connection: ConnectionOptions;
  stop(): Promise<void>;
}

/**
 * A database of the caller's own: on the server that VODSTACK_TEST_DATABASE_URL names (its user must be allowed to
 * create databases), else on an embedded server started for this call.
 */
export async function startTestDatabase(): Promise<TestDatabase> {
  const url = process.env['VODSTACK_TEST_DATABASE_URL'];
  const server = url ? externalServer(url) : await startEmbeddedServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runOn(server.maintenance, `CREATE DATABASE ${escapeIdentifier(name)}`);
  return {
    connection: server.connectionTo(name),
    async stop() {
      await runOn(server.maintenance, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      await server.stop();
    },
  };
}

interface TestServer {
  maintenance: ConnectionOptions;
  connectionTo(database: string): ConnectionOptions;
  stop(): Promise<void>;
}

function externalServer(url: string): TestServer {
  return {
    maintenance: { connectionString: url },
    connectionTo(database) {
      const target = new URL(url);
      target.pathname = `/${database}`;
      return { connectionString: target.href };
    },
    stop: () => Promise.resolve(),
  };
}

const FOLDER_PREFIX = 'vodstack-test-db-';

async function startEmbeddedServer(): Promise<TestServer> {
  await stopLeftovers();
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  const postgres = createEmbeddedPostgres({ folder, logger: createLogger({ level: 'silent' }) });
  const maintenance = await postgres.start();
  return {
    maintenance,
    connectionTo: (database) => ({ ...maintenance, database }),
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server outlives a test run that is killed, as it should: the next run stops it. */
async function stopLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const users = await readdir(join(folder, 'users')).catch(() => null);
    // Without that folder it is just being made.
    if (users === null || users.some((name) => isIdentityAlive(name.split('.')[0] ?? ''))) continue;
    const postgres = createEmbeddedPostgres({ folder, logger: createLogger({ level: 'silent' }) });
    await postgres.start().catch(() => undefined);
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runOn(connection: ConnectionOptions, sql: string): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
