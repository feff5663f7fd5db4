import { notifyLive } from '@vodstack/platform';
import { ApiError } from '@vodstack/protocol';
import { type SelectQueryBuilder, sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { EventRow, VodDb, VodTables } from '../tables.ts';
import { dispatchTo, redispatch } from './endpoints/redispatch.ts';
import { readEventConfig } from './event-config.ts';
import { EVENT_CHANNEL } from './outbox.ts';

export interface ReplayQuery {
  readonly subAppId: number;
  readonly eventIds?: readonly number[] | undefined;
  readonly since?: Date | undefined;
  readonly fileId?: string | undefined;
  readonly type?: string | undefined;
  /** To this endpoint alone, whether it ever had them or not. */
  readonly endpointId?: number | undefined;
}

/** At most so many events in one call: the oldest of those that match. */
export const MAX_REPLAYED = 1000;
const SENDS = 3;

/**
 * Sends settled events once more, with the same content: by the mode and to the address that are set now, and to the endpoints that
 * had them; and those that wait in the other mode, where nobody may ever ask for them. What is on its way is left alone.
 * @returns their ids, oldest first
 * @throws ApiError ResourceNotFound for an endpoint that the application does not have
 */
export async function replayEvents(context: VodContext, query: ReplayQuery): Promise<number[]> {
  const { subAppId, endpointId } = query;
  return await context.db.transaction().execute(async (tx) => {
    if (endpointId !== undefined) {
      await assertEndpointOf(tx, subAppId, endpointId);
      const events = await select(tx, query).execute();
      return (await dispatchTo(tx, endpointId, events)).toSorted(ascending);
    }
    const { mode, notification_url } = await readEventConfig(tx, subAppId);
    const isUnaddressed = mode === 'PUSH' && notification_url === '';
    const settled = await select(tx, query)
      .where((where) => where.or([where('state', '<>', 'pending'), where('mode', '<>', mode)]))
      .forUpdate()
      .execute();
    const ids = settled.map(({ event_id }) => event_id);
    const eventIds = (await select(tx, query).execute()).map(({ event_id }) => event_id);
    const toEndpoints = await redispatch(tx, { eventIds, states: ['delivered', 'dead'] });
    await sendAgain(tx, ids, { mode, isUnaddressed });
    return [...new Set([...ids, ...toEndpoints])].toSorted(ascending);
  });
}

function ascending(one: number, other: number): number {
  return one - other;
}

type Selection = SelectQueryBuilder<VodTables, 'vod.event', Pick<EventRow, 'event_id' | 'file_id'>>;

function select(tx: VodDb, { subAppId, eventIds, since, fileId, type }: ReplayQuery): Selection {
  return tx
    .selectFrom('vod.event')
    .select(['event_id', 'file_id'])
    .where('sub_app_id', '=', subAppId)
    .$if(eventIds !== undefined, (query) => query.where('event_id', 'in', [0, ...(eventIds ?? [])]))
    .$if(since !== undefined, (query) => query.where('created_at', '>=', since ?? new Date(0)))
    .$if(fileId !== undefined, (query) => query.where('file_id', '=', fileId ?? ''))
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? ''))
    .orderBy('event_id')
    .limit(MAX_REPLAYED);
}

/** @throws ApiError ResourceNotFound */
export async function assertEndpointOf(tx: VodDb, subAppId: number, endpointId: number): Promise<void> {
  const found = await tx
    .selectFrom('vod.endpoint')
    .select('endpoint_id')
    .where('endpoint_id', '=', endpointId)
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  if (!found) throw new ApiError('ResourceNotFound', `There is no endpoint ${endpointId}.`);
}

async function sendAgain(
  tx: VodDb,
  ids: readonly number[],
  { mode, isUnaddressed }: { mode: EventRow['mode']; isUnaddressed: boolean },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('vod.event')
    .set((set) => ({
      mode,
      state: isUnaddressed ? ('unaddressed' as const) : ('pending' as const),
      send_limit: set('attempts', '+', SENDS),
      next_attempt_at: sql`now()`,
      leased_until: null,
      handle: null,
      settled_at: null,
    }))
    .where('event_id', 'in', ids)
    .execute();
  await sql`select pg_notify(${EVENT_CHANNEL}, ${mode})`.execute(tx);
  for (const id of ids) await notifyLive(tx, { kind: 'event', id: String(id) });
}
