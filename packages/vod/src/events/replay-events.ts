import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { readEventConfig } from './event-config.ts';
import { EVENT_CHANNEL } from './outbox.ts';

export interface ReplayQuery {
  readonly subAppId: number;
  readonly eventIds?: readonly number[] | undefined;
  readonly since?: Date | undefined;
  readonly fileId?: string | undefined;
  readonly type?: string | undefined;
}

/** At most so many events in one call: the oldest of those that match. */
export const MAX_REPLAYED = 1000;
const SENDS = 3;

/**
 * Sends settled events once more, with the same content, by the mode and to the address that are set now. Events that still
 * wait for their delivery are left alone.
 * @returns their ids, oldest first
 */
export async function replayEvents(context: VodContext, query: ReplayQuery): Promise<number[]> {
  const { subAppId, eventIds, since, fileId, type } = query;
  return await context.db.transaction().execute(async (tx) => {
    const { mode, notification_url } = await readEventConfig(tx, subAppId);
    const isUnaddressed = mode === 'PUSH' && notification_url === '';
    const due = await tx
      .selectFrom('vod.event')
      .select('event_id')
      .where('sub_app_id', '=', subAppId)
      .where('state', '<>', 'pending')
      .$if(eventIds !== undefined, (select) => select.where('event_id', 'in', [0, ...(eventIds ?? [])]))
      .$if(since !== undefined, (select) => select.where('created_at', '>=', since ?? new Date(0)))
      .$if(fileId !== undefined, (select) => select.where('file_id', '=', fileId ?? ''))
      .$if(type !== undefined, (select) => select.where('type', '=', type ?? ''))
      .orderBy('event_id')
      .limit(MAX_REPLAYED)
      .forUpdate()
      .execute();
    const ids = due.map(({ event_id }) => event_id);
    if (ids.length === 0) return [];
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
    return ids;
  });
}
