import { sql } from 'kysely';
import type { DispatchRow, EndpointRow, VodDb } from '../../tables.ts';
import type { Held } from '../faults/draw-for-send.ts';
import { withoutFlush } from '../without-flush.ts';
import { CIRCUIT_FAILURES } from './retry-schedule.ts';

/** A slow endpoint must not keep the others waiting. */
const MAX_PARALLEL_PER_ENDPOINT = 4;

export interface ClaimOptions {
  readonly limit: number;
  /** What this process is sending already. */
  readonly running: Iterable<DispatchRow>;
  readonly leaseMs: number;
}

type Due = Pick<DispatchRow, 'event_id' | 'endpoint_id'> & Pick<EndpointRow, 'failures'>;

/** Takes what is due, the oldest events first. An endpoint whose circuit was open gets a single one, to see whether it is back. */
export async function claimDispatches(db: VodDb, options: ClaimOptions): Promise<DispatchRow[]> {
  const busy = Map.groupBy(options.running, ({ endpoint_id }) => endpoint_id);
  const isFull = (endpointId: number, more = 0): boolean =>
    (busy.get(endpointId)?.length ?? 0) + more >= MAX_PARALLEL_PER_ENDPOINT;
  const full = [...busy.keys()].filter((endpointId) => isFull(endpointId));
  return await withoutFlush(db, async (tx) => {
    const due = await findDue(tx, options.limit, full);
    const taken: Due[] = [];
    for (const [endpointId, ofEndpoint] of Map.groupBy(due, ({ endpoint_id }) => endpoint_id)) {
      const isProbe = (ofEndpoint[0]?.failures ?? 0) >= CIRCUIT_FAILURES;
      if (isProbe && !(await holdCircuit(tx, endpointId, options.leaseMs))) continue;
      const room = isProbe ? 1 : MAX_PARALLEL_PER_ENDPOINT - (busy.get(endpointId)?.length ?? 0);
      taken.push(...ofEndpoint.slice(0, room));
    }
    const claimed: DispatchRow[] = [];
    for (const dispatch of taken) claimed.push(await lease(tx, dispatch, options.leaseMs));
    return claimed;
  });
}

async function findDue(tx: VodDb, limit: number, full: readonly number[]): Promise<Due[]> {
  return await tx
    .selectFrom('vod.dispatch as due')
    .innerJoin('vod.endpoint as endpoint', 'endpoint.endpoint_id', 'due.endpoint_id')
    .select(['due.event_id', 'due.endpoint_id', 'endpoint.failures'])
    .where('due.state', '=', 'pending')
    .where('due.next_attempt_at', '<=', sql<Date>`now()`)
    .where((where) =>
      where.or([where('due.leased_until', 'is', null), where('due.leased_until', '<', sql<Date>`now()`)]),
    )
    .where('endpoint.disabled_at', 'is', null)
    .where((where) =>
      where.or([
        where('endpoint.open_until', 'is', null),
        where('endpoint.open_until', '<=', sql<Date>`now()`),
      ]),
    )
    .where('due.endpoint_id', 'not in', [0, ...full])
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('vod.dispatch as earlier')
            .select('earlier.event_id')
            .whereRef('earlier.endpoint_id', '=', 'due.endpoint_id')
            .whereRef('earlier.file_id', '=', 'due.file_id')
            .whereRef('earlier.event_id', '<', 'due.event_id')
            .where('earlier.state', '=', 'pending')
            .whereRef('earlier.attempts', '=', 'earlier.round_start')
            .where('earlier.held_for', 'is distinct from', 'reorder'),
        ),
      ),
    )
    .orderBy('due.event_id')
    .limit(limit)
    .forUpdate('due')
    .skipLocked()
    .execute();
}

/** Nobody else tries this endpoint while the one send is under way. @returns false when somebody else does already */
async function holdCircuit(tx: VodDb, endpointId: number, leaseMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('vod.endpoint')
    .set({ open_until: sql`now() + make_interval(secs => ${leaseMs / 1000})` })
    .where('endpoint_id', '=', endpointId)
    .where('open_until', '<=', sql<Date>`now()`)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function lease(tx: VodDb, { event_id, endpoint_id }: Due, leaseMs: number): Promise<DispatchRow> {
  return await tx
    .updateTable('vod.dispatch')
    .set({ leased_until: sql`now() + make_interval(secs => ${leaseMs / 1000})` })
    .where('event_id', '=', event_id)
    .where('endpoint_id', '=', endpoint_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function releaseDispatch(
  db: VodDb,
  { event_id, endpoint_id }: Pick<DispatchRow, 'event_id' | 'endpoint_id'>,
): Promise<void> {
  await db
    .updateTable('vod.dispatch')
    .set({ leased_until: null })
    .where('event_id', '=', event_id)
    .where('endpoint_id', '=', endpoint_id)
    .execute();
}

export async function holdDispatch(
  db: VodDb,
  { event_id, endpoint_id }: Pick<DispatchRow, 'event_id' | 'endpoint_id'>,
  { hold, holdMs }: Held,
): Promise<void> {
  await db
    .updateTable('vod.dispatch')
    .set({
      held_for: hold,
      leased_until: null,
      next_attempt_at: sql`now() + make_interval(secs => ${holdMs / 1000})`,
    })
    .where('event_id', '=', event_id)
    .where('endpoint_id', '=', endpoint_id)
    .where('state', '=', 'pending')
    .execute();
}
