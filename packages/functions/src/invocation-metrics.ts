import { sql } from 'kysely';
import type { Database } from '@vodstack/platform';
import type { FunctionKey } from './function-store.ts';
import { RET_CODE } from './invocation-store.ts';
import type { ScfTables } from './tables.ts';

/** One step of a function's work. */
export interface InvocationMetrics {
  /** Its beginning. */
  readonly at: Date;
  readonly invocations: number;
  /** Failed and interrupted ones. */
  readonly errors: number;
  readonly coldStarts: number;
  /** In milliseconds and bytes; null without a request that ended. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly maxMemoryBytes: number | null;
}

export interface MetricsQuery extends FunctionKey {
  readonly hours: number;
  readonly stepMinutes: number;
}

/** Step by step from `hours` ago until now, the last one being the present one. */
export async function findMetrics(database: Database, query: MetricsQuery): Promise<InvocationMetrics[]> {
  const { namespace, name, hours, stepMinutes } = query;
  const step = sql`make_interval(mins => ${stepMinutes}::int)`;
  const origin = sql`timestamptz '2000-01-01 00:00:00+00'`;
  const { rows } = await sql<InvocationMetrics>`
    with step as (
      select generate_series(
        date_bin(${step}, now() - make_interval(hours => ${hours}::int), ${origin}) + ${step}, now(), ${step}
      ) as at
    ), done as (
      select date_bin(${step}, start_at, ${origin}) as at, count(*) as invocations,
        count(*) filter (where ret_code in (${RET_CODE.failed}, ${RET_CODE.interrupted})) as errors,
        count(*) filter (where cold_start) as cold_starts,
        percentile_cont(0.5) within group (order by duration_ms) as median_ms,
        percentile_cont(0.95) within group (order by duration_ms) as p95_ms,
        max(mem_usage_bytes) as memory
      from scf.invocation
      where namespace = ${namespace} and function = ${name} and start_at >= (select min(at) from step)
      group by 1
    )
    select step.at, coalesce(invocations, 0)::int as invocations, coalesce(errors, 0)::int as errors,
      coalesce(cold_starts, 0)::int as "coldStarts", median_ms::float8 as "medianMs", p95_ms::float8 as "p95Ms",
      memory::float8 as "maxMemoryBytes"
    from step left join done using (at) order by at`.execute(database.kysely<ScfTables>());
  return rows;
}
