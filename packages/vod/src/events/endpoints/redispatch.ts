import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { DispatchRow, DispatchState, VodDb } from '../../tables.ts';
import { EVENT_CHANNEL } from '../outbox.ts';

/** What a dispatch is when its schedule begins anew. */
const NEW_ROUND = {
  state: 'pending',
  round_start: sql<number>`vod.dispatch.attempts`,
  round_at: sql<Date>`now()`,
  next_attempt_at: sql<Date>`now()`,
  leased_until: null,
  reason: null,
  settled_at: null,
} as const;

export interface Settled {
  readonly eventIds: readonly number[];
  readonly states: readonly Exclude<DispatchState, 'pending'>[];
  /** Default: every endpoint. */
  readonly endpointId?: number | undefined;
}

/** Sends events once more to the endpoints that have settled them. @returns the events' ids */
export async function redispatch(tx: VodDb, { eventIds, states, endpointId }: Settled): Promise<number[]> {
  if (eventIds.length === 0) return [];
  const rows = await tx
    .updateTable('vod.dispatch')
    .set(NEW_ROUND)
    .where('event_id', 'in', eventIds)
    .where('state', 'in', states)
    .$if(endpointId !== undefined, (update) => update.where('endpoint_id', '=', endpointId ?? 0))
    .returning('event_id')
    .execute();
  return await announce(tx, rows);
}

/** Sends events to one endpoint, whether it ever had them or not; those on their way to it are left alone. */
export async function dispatchTo(
  tx: VodDb,
  endpointId: number,
  events: readonly { event_id: number; file_id: string }[],
): Promise<number[]> {
  if (events.length === 0) return [];
  const rows = await tx
    .insertInto('vod.dispatch')
    .values(events.map(({ event_id, file_id }) => ({ event_id, endpoint_id: endpointId, file_id })))
    .onConflict((conflict) =>
      conflict
        .columns(['event_id', 'endpoint_id'])
        .doUpdateSet(NEW_ROUND)
        .where('vod.dispatch.state', '<>', 'pending'),
    )
    .returning('event_id')
    .execute();
  return await announce(tx, rows);
}

async function announce(tx: VodDb, rows: readonly Pick<DispatchRow, 'event_id'>[]): Promise<number[]> {
  const ids = [...new Set(rows.map(({ event_id }) => event_id))];
  if (ids.length === 0) return [];
  await sql`select pg_notify(${EVENT_CHANNEL}, 'PUSH')`.execute(tx);
  for (const id of ids) await notifyLive(tx, { kind: 'event', id: String(id) });
  return ids;
}
