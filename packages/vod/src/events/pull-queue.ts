import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { newEventHandle } from '../ids.ts';
import type { VodDb } from '../tables.ts';
import { EVENT_CHANNEL } from './outbox.ts';

/** Reliable notification (PullEvents, 266/34183): at most 16 at a time, 30 s to confirm, kept for 4 days, 5 s long poll. */
const MAX_EVENTS = 16;
const CONFIRM_SECONDS = 30;
const KEPT_DAYS = 4;
const LONG_POLL_MS = 5000;

export interface PulledEvent {
  readonly handle: string;
  readonly payload: string;
}

export interface PullQueue {
  /** Events that nobody holds, oldest first; waits up to 5 s for one; empty when none came. */
  pull(subAppId: number, signal: AbortSignal): Promise<PulledEvent[]>;
  /** Settles events; returns the handles that are unknown or whose 30 s are over. */
  confirm(subAppId: number, handles: readonly string[]): Promise<string[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createPullQueue(context: VodContext): PullQueue {
  const waiting = new Set<() => void>();
  let wakeCount = 0;
  let listener: { close(): Promise<void> } | undefined;

  function wakeAll(): void {
    wakeCount += 1;
    for (const wake of waiting) wake();
  }

  async function waitForEvent(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  }

  return {
    async pull(subAppId, signal) {
      const deadline = performance.now() + LONG_POLL_MS;
      for (;;) {
        const seen = wakeCount;
        const events = await claim(context, subAppId);
        const leftMs = deadline - performance.now();
        if (events.length > 0 || leftMs <= 0 || signal.aborted || !listener) return events;
        // An event that came during the look may have been missed by it.
        if (wakeCount !== seen) continue;
        // Events whose 30 s ran out come back without a notification, hence at most a second between looks.
        await waitForEvent(Math.min(leftMs, 1000), signal);
      }
    },
    confirm: (subAppId, handles) => confirm(context, subAppId, handles),
    async start() {
      listener ??= await context.database.listen(EVENT_CHANNEL, wakeAll);
    },
    async stop() {
      const closing = listener;
      listener = undefined;
      wakeAll();
      await closing?.close();
    },
  };
}

async function claim({ db }: VodContext, subAppId: number): Promise<PulledEvent[]> {
  return await db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('vod.event')
      .select(['event_id', 'payload'])
      .where('sub_app_id', '=', subAppId)
      .where('mode', '=', 'PULL')
      .where('state', '=', 'pending')
      .where((where) =>
        where.or([where('leased_until', 'is', null), where('leased_until', '<=', sql<Date>`now()`)]),
      )
      .where('created_at', '>', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
      .orderBy('event_id')
      .limit(MAX_EVENTS)
      .forUpdate()
      .skipLocked()
      .execute();
    const events = due.map((event) => ({ ...event, handle: newEventHandle() }));
    for (const { event_id, handle } of events) {
      await tx
        .updateTable('vod.event')
        .set((set) => ({
          handle,
          leased_until: sql`now() + make_interval(secs => ${CONFIRM_SECONDS})`,
          attempts: set('attempts', '+', 1),
        }))
        .where('event_id', '=', event_id)
        .execute();
    }
    return events.map(({ handle, payload }) => ({ handle, payload }));
  });
}

/** Events that are not confirmed yet, those that somebody holds too. */
export async function countEventsToPull(db: VodDb, subAppId: number): Promise<number> {
  const { count } = await db
    .selectFrom('vod.event')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('sub_app_id', '=', subAppId)
    .where('mode', '=', 'PULL')
    .where('state', '=', 'pending')
    .where('created_at', '>', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function confirm({ db }: VodContext, subAppId: number, handles: readonly string[]): Promise<string[]> {
  const settled = await db
    .updateTable('vod.event')
    .set({ state: 'confirmed', settled_at: sql`coalesce(settled_at, now())` })
    .where('sub_app_id', '=', subAppId)
    .where('handle', 'in', handles)
    .where((where) =>
      where.or([where('state', '=', 'confirmed'), where('leased_until', '>', sql<Date>`now()`)]),
    )
    .returning('handle')
    .execute();
  const known = new Set(settled.map(({ handle }) => handle));
  return handles.filter((handle) => !known.has(handle));
}
