import type { Pool, PoolClient } from 'pg';
import { receiverMigrations } from './receiver-migrations.ts';

/**
 * Creates the schema `receiver` and runs what is missing, forward only, in one transaction, under a lock, so that any number of processes may
 * start at once. Keeps the same books as the vodstack server (`receiver.schema_version`): both may use one database.
 */
export async function migrateReceiver(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('vodstack.migrate.receiver', 0))`);
    await runMissing(client);
    await client.query('commit');
    client.release();
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    client.release(true);
    throw error;
  }
}

async function runMissing(client: PoolClient): Promise<void> {
  await client.query('create schema if not exists receiver');
  await client.query(
    'create table if not exists receiver.schema_version (version integer primary key, name text not null, ran_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from receiver.schema_version',
  );
  const current = rows[0]?.version ?? 0;
  if (current > receiverMigrations.length) {
    throw new Error(
      `expected version ${receiverMigrations.length} of the schema "receiver" at most, got ${current}: start the newer program again`,
    );
  }
  for (const { version, name, sql } of receiverMigrations.slice(current)) {
    await client.query(sql);
    await client.query('insert into receiver.schema_version (version, name) values ($1, $2)', [
      version,
      name,
    ]);
  }
}
