import type { Pool } from 'pg';
import { EffectBusyError, UncertainEffectError, type Effect, type EffectOptions } from './effect.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
/** The lease outlives the attempt by this much, so that one that was cut off is over when another begins. */
const LEASE_MARGIN_MS = 2000;

// A later attempt of the same event need not wait: the inbox has seen to it that the earlier one is over, or dead.
const ACQUIRE = `
  insert into receiver.effect as known (key, holder, lease_until) values ($1, $3, now() + $2 * interval '1 ms')
  on conflict (key) do update set attempts = known.attempts + 1, lease_until = excluded.lease_until, holder = excluded.holder
    where known.state = 'intended' and (known.lease_until <= now() or known.holder = excluded.holder)
  returning attempts, (extract(epoch from now() - intended_at) * 1000)::float8 as age_ms`;

interface Lease {
  readonly attempts: number;
  readonly age_ms: number;
}

/** Effects recorded in PostgreSQL (`receiver.effect`), on behalf of one holder (an event). Needs `migrateReceiver`. */
export function createPgEffect(pool: Pool, holder: string): Effect {
  return async <Result>(
    key: string,
    perform: (signal: AbortSignal) => Promise<Result>,
    options: EffectOptions<Result>,
  ): Promise<Result> => {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { rows } = await pool.query<Lease>(ACQUIRE, [key, timeoutMs + LEASE_MARGIN_MS, holder]);
    const lease = rows[0];
    if (lease === undefined) return readDone<Result>(pool, key);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const result = await attempt(lease, { key, perform, options, signal });
      await pool.query(
        `update receiver.effect set state = 'done', result = $2::json, done_at = now() where key = $1`,
        [key, JSON.stringify(result ?? null)],
      );
      return result;
    } catch (error) {
      await release(pool, key, lease);
      throw error;
    }
  };
}

async function attempt<Result>(
  lease: Lease,
  effect: {
    readonly key: string;
    readonly perform: (signal: AbortSignal) => Promise<Result>;
    readonly options: EffectOptions<Result>;
    readonly signal: AbortSignal;
  },
): Promise<Result> {
  const { key, perform, options, signal } = effect;
  if (lease.attempts === 1 || lease.age_ms < options.repeatableForMs) return perform(signal);
  if (options.findOutcome === undefined) {
    throw new UncertainEffectError(
      `expected to know whether "${key}" was done by an earlier attempt, which left no result, and it may not be repeated; find out, then delete its row in receiver.effect to have it done again, or set its state to done`,
    );
  }
  return (await options.findOutcome(signal)) ?? perform(signal);
}

async function readDone<Result>(pool: Pool, key: string): Promise<Result> {
  const { rows } = await pool.query<{ result: Result }>(
    `select result from receiver.effect where key = $1 and state = 'done'`,
    [key],
  );
  if (rows[0] !== undefined) return rows[0].result;
  throw new EffectBusyError(`"${key}" is being done by another attempt; it is looked at again later`);
}

/** Not vital: a lease that stays only delays the next attempt. */
async function release(pool: Pool, key: string, lease: Lease): Promise<void> {
  await pool
    .query('update receiver.effect set lease_until = now() where key = $1 and attempts = $2', [
      key,
      lease.attempts,
    ])
    .catch(() => undefined);
}
