import { escapeIdentifier, type PoolClient } from 'pg';
import { StartupError } from '../errors.ts';
import type { Database } from './database.ts';

/** One step of a schema. Versions count from 1 without a gap; a released step never changes. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

/**
 * Creates the schema if absent and runs what is missing, forward only, in one transaction, under an advisory lock,
 * so that any number of processes may start at once. What ran is recorded in `<schema>.schema_version`.
 *
 * @throws StartupError when the database is newer than this program or a step fails
 */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  assertContiguous(schema, migrations);
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `vodstack.migrate.${schema}`,
    ]);
    await runMissing(client, schema, migrations);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(true);
    throw error;
  }
}

function assertContiguous(schema: string, migrations: readonly Migration[]): void {
  const gap = migrations.findIndex((migration, index) => migration.version !== index + 1);
  if (gap >= 0) throw new Error(`Migration ${gap + 1} of schema ${schema} has the wrong version number`);
}

async function runMissing(
  client: PoolClient,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  const table = `${escapeIdentifier(schema)}.schema_version`;
  const current = await readVersion(client, schema, table);
  if (current > migrations.length) {
    throw new StartupError(
      `The database holds version ${current} of the schema "${schema}" but this program knows only version ${migrations.length}: start the newer program again.`,
    );
  }
  for (const migration of migrations.slice(current)) await runOne(client, table, migration);
}

async function readVersion(client: PoolClient, schema: string, table: string): Promise<number> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table} (version integer PRIMARY KEY, name text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())`,
  );
  const { rows } = await client.query<{ version: number }>(
    `SELECT coalesce(max(version), 0) AS version FROM ${table}`,
  );
  return rows[0]?.version ?? 0;
}

async function runOne(client: PoolClient, table: string, { version, name, sql }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartupError(`Migration ${version} (${name}) of ${table} failed: ${reason}`, { cause });
  }
  await client.query(`INSERT INTO ${table} (version, name) VALUES ($1, $2)`, [version, name]);
}
