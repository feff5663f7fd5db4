import type { Database } from '../database/database.ts';
import { StartupError } from '../errors.ts';

/** A time that tests move forward: the program's own (`now`) and, with VIRTUAL_CLOCK_OPTIONS, that of every statement. */
export interface VirtualClock {
  now(): Date;
  /** How far it is ahead of the real time. */
  aheadMs(): number;
  /** Moves it forward; the database's now() moves with the same transaction. */
  advance(ms: number): Promise<void>;
}

const SCHEMA = 'vodstack_clock';

/**
 * For the connections of a server with a virtual clock: an unqualified now() is found in our schema before PostgreSQL's own,
 * also in the defaults of tables that such a connection creates.
 */
export const VIRTUAL_CLOCK_OPTIONS: string = `-c search_path=${SCHEMA},pg_catalog,public`;

const SETUP = `
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.ahead (is_only boolean primary key default true check (is_only), ms bigint not null);
insert into ${SCHEMA}.ahead (ms) values (0) on conflict do nothing;
create or replace function ${SCHEMA}.now() returns timestamptz language sql stable
  as 'select pg_catalog.now() + make_interval(secs => (select ms from ${SCHEMA}.ahead) / 1000.0)';
`;

/** Must run before any table is made. */
export async function openVirtualClock({ pool }: Database): Promise<VirtualClock> {
  await pool.query(SETUP);
  const { rows } = await pool.query<{ ms: number }>(`select ms from ${SCHEMA}.ahead`);
  let aheadMs = rows[0]?.ms ?? 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    aheadMs: () => aheadMs,
    async advance(ms) {
      const moved = await pool.query<{ ms: number }>(`update ${SCHEMA}.ahead set ms = ms + $1 returning ms`, [
        ms,
      ]);
      aheadMs = moved.rows[0]?.ms ?? aheadMs;
    },
  };
}

/**
 * Tables know for good which now() they take, so a database belongs to one kind of clock.
 * @throws StartupError when it was made with the other kind
 */
export async function assertClockFits({ pool }: Database, isVirtual: boolean): Promise<void> {
  const { rows } = await pool.query<{ has_clock: boolean; has_tables: boolean }>(
    `select to_regnamespace('${SCHEMA}') is not null as has_clock, to_regnamespace('vod') is not null as has_tables`,
  );
  const { has_clock: hasClock = false, has_tables: hasTables = false } = rows[0] ?? {};
  if (hasClock && !isVirtual)
    throw new StartupError('This database has a virtual clock: start it with --virtual-clock.');
  if (!hasClock && hasTables && isVirtual)
    throw new StartupError('--virtual-clock needs a new data folder: this database was made without it.');
}
