import { setTimeout as delay } from 'node:timers/promises';
import { type Database, type Logger, StartupError } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { vodMigrations } from '../migrations.ts';
import type { VodDb, VodTables } from '../tables.ts';

/** What a worker has to know of the server whose tasks it does. */
export interface ServerRecord {
  readonly appId: number;
  readonly publicUrl: string;
}

/** Tells workers on other machines under which addresses what they make is going to be found. */
export async function recordServer({ db, appId, publicUrl }: VodContext): Promise<void> {
  const row = { app_id: appId, public_url: publicUrl() };
  await db
    .insertInto('vod.server')
    .values(row)
    .onConflict((conflict) => conflict.column('is_only').doUpdateSet(row))
    .execute();
}

export interface ServerFollower {
  /** As last seen: a server may come back under another address. */
  current(): ServerRecord;
  stop(): void;
}

const POLL_MS = 500;
const REFRESH_MS = 5_000;

/**
 * Waits until a server of this version has prepared the database, and keeps what it says of itself up to date.
 * @throws StartupError when the database is of a newer version; the signal's reason when aborted
 */
export async function followServer(
  database: Database,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<ServerFollower> {
  const db = database.kysely<VodTables>();
  let current: ServerRecord | undefined;
  while (!current) {
    signal.throwIfAborted();
    if (await isPrepared(database)) current = await readServer(db);
    if (!current) await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  let known = current;
  const timer = setInterval(() => {
    readServer(db).then(
      (record) => (known = record ?? known),
      (err: unknown) => logger.debug({ err }, 'cannot read what the server says of itself'),
    );
  }, REFRESH_MS);
  return { current: () => known, stop: () => clearInterval(timer) };
}

async function readServer(db: VodDb): Promise<ServerRecord | undefined> {
  const row = await db.selectFrom('vod.server').selectAll().executeTakeFirst();
  return row && { appId: row.app_id, publicUrl: row.public_url };
}

/** The server makes and upgrades the tables, never a worker: a server of another version may be using them. */
async function isPrepared({ pool }: Database): Promise<boolean> {
  const { rows: found } = await pool.query(`select to_regclass('vod.schema_version') as name`);
  if (found[0]?.['name'] === null) return false;
  const { rows } = await pool.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from vod.schema_version',
  );
  const version = rows[0]?.version ?? 0;
  if (version > vodMigrations.length) {
    throw new StartupError(
      `The database is of version ${version} and this program knows only version ${vodMigrations.length}: run the same vodstack here as on the server.`,
    );
  }
  return version === vodMigrations.length;
}
