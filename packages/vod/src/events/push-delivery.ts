import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { EventRow, VodDb } from '../tables.ts';
import { createDeliveryLoop, type DeliveryLoop } from './delivery-loop.ts';
import { readEventConfig } from './event-config.ts';
import { drawForSend, type Held, toTarget } from './faults/draw-for-send.ts';
import { withoutFlush } from './without-flush.ts';
import { toMessage, toTraceId } from './message.ts';
import { type Exchange, insertDeliveries } from './record-delivery.ts';
import { transmit } from './transmit.ts';

/** The cloud's normal callback: 5 s for the answer, three sends in all (legacy page 266/7829; column send_limit). */
const TIMEOUT_MS = 5000;
/** The cloud publishes no spacing between sends. */
const RETRY_DELAY_MS = 1000;
/** A claimed event comes free again after this long, should its deliverer die. */
const LEASE_MS = TIMEOUT_MS + 3000;

/**
 * Sends pending events in push mode, in order per file. As the cloud does, it takes any answer as success, whatever its
 * status; only when none comes is the notification sent again, twice at most. A connection that fails counts as no answer.
 */
export function createPushDelivery(context: VodContext): DeliveryLoop {
  return createDeliveryLoop<EventRow>(context, {
    claim: (limit) => claim(context, limit),
    deliver: (event, signal) => deliver(context, event, signal),
  });
}

/** Takes the oldest due event of each file, at most `limit`, for the time of one delivery. */
async function claim({ db }: VodContext, limit: number): Promise<EventRow[]> {
  return await withoutFlush(db, (tx) => claimIn(tx, limit));
}

async function claimIn(tx: VodDb, limit: number): Promise<EventRow[]> {
  return await tx
    .updateTable('vod.event')
    .set({ leased_until: sql`now() + make_interval(secs => ${LEASE_MS / 1000})` })
    .where('event_id', 'in', (select) =>
      select
        .selectFrom('vod.event as due')
        .select('due.event_id')
        .where('due.state', '=', 'pending')
        .where('due.mode', '=', 'PUSH')
        .where('due.next_attempt_at', '<=', sql<Date>`now()`)
        .where((where) =>
          where.or([where('due.leased_until', 'is', null), where('due.leased_until', '<', sql<Date>`now()`)]),
        )
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('vod.event as earlier')
                .select('earlier.event_id')
                .whereRef('earlier.file_id', '=', 'due.file_id')
                .whereRef('earlier.event_id', '<', 'due.event_id')
                .where('earlier.state', '=', 'pending')
                .where('earlier.mode', '=', 'PUSH')
                .where('earlier.held_for', 'is distinct from', 'reorder'),
            ),
          ),
        )
        .orderBy('due.event_id')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

async function deliver(context: VodContext, event: EventRow, signal: AbortSignal): Promise<void> {
  const { db } = context;
  const [drawn, { notification_url, sign_key }] = await Promise.all([
    drawForSend(db, toTarget(event, event.held_for)),
    readEventConfig(db, event.sub_app_id),
  ]);
  if (drawn.hold) return await hold(db, event, drawn);
  const { injected } = drawn;
  const message = toMessage({
    payload: event.payload,
    signKey: sign_key,
    now: context.wallClock(),
    traceId: toTraceId(event),
    injected,
  });
  const exchanges = await transmit(
    context,
    { url: notification_url, message, timeoutMs: TIMEOUT_MS, injected },
    signal,
  );
  // Cut off by our own stop: nobody knows whether it arrived, so it is sent again after the next start.
  if (signal.aborted && exchanges[0].result.outcome === 'error') return await release(context, event);
  await record(context, event, exchanges);
}

async function hold(db: VodDb, event: EventRow, { hold: kind, holdMs }: Held): Promise<void> {
  await db
    .updateTable('vod.event')
    .set({
      held_for: kind,
      leased_until: null,
      next_attempt_at: sql`now() + make_interval(secs => ${holdMs / 1000})`,
    })
    .where('event_id', '=', event.event_id)
    .where('state', '=', 'pending')
    .execute();
}

async function record(
  context: VodContext,
  event: EventRow,
  exchanges: readonly [Exchange, ...Exchange[]],
): Promise<void> {
  const next = toNext(event, exchanges[0], context.clock());
  await context.db.transaction().execute(async (tx) => {
    const { event_id } = event;
    const attempt = event.attempts + 1;
    await insertDeliveries(tx, exchanges, {
      event_id,
      attempt,
      next_attempt_at: next.at ?? null,
      next_reason: next.reason,
    });
    await tx
      .updateTable('vod.event')
      .set({
        attempts: attempt,
        leased_until: null,
        state: next.state,
        ...(next.at ? { next_attempt_at: next.at } : { settled_at: sql`now()` }),
      })
      .where('event_id', '=', event_id)
      .where('state', '=', 'pending')
      .execute();
    await notifyLive(tx, { kind: 'delivery', id: String(event_id) });
  });
}

interface Next {
  readonly state: 'delivered' | 'failed' | 'pending';
  readonly at?: Date;
  readonly reason: string | null;
}

function toNext(event: EventRow, { result, injected }: Exchange, now: Date): Next {
  if (result.outcome === 'answered') return { state: 'delivered', reason: null };
  if (injected.includes('drop')) return { state: 'failed', reason: result.message };
  if (event.attempts + 1 >= event.send_limit)
    return { state: 'failed', reason: 'no answer; that was the last send' };
  return { state: 'pending', at: new Date(now.getTime() + RETRY_DELAY_MS), reason: 'no answer; sent again' };
}

async function release({ db }: VodContext, event: EventRow): Promise<void> {
  await db
    .updateTable('vod.event')
    .set({ leased_until: null })
    .where('event_id', '=', event.event_id)
    .execute();
}
