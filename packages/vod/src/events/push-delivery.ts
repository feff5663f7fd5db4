import { callbackSign } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { EventRow } from '../tables.ts';
import { type EventConfig, readEventConfig } from './event-config.ts';
import { post, type PostResult } from './http-post.ts';
import { EVENT_CHANNEL } from './outbox.ts';

/** The cloud's normal callback: 5 s for the answer, three sends in all (legacy page 266/7829; column send_limit). */
const TIMEOUT_MS = 5000;
/** The cloud publishes no spacing between sends. */
const RETRY_DELAY_MS = 1000;
/** A claimed event comes free again after this long, should its deliverer die. */
const LEASE_MS = TIMEOUT_MS + 3000;
/** How long a signed notification may be believed (ModifyEventConfig, SignKey). */
const SIGN_LIFETIME_SEC = 600;
const MAX_PARALLEL = 16;
const POLL_MS = 1000;

export interface PushDelivery {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sends pending events in push mode, in order per file. As the cloud does, it takes any answer as success, whatever its
 * status; only when none comes is the notification sent again, twice at most. A connection that fails counts as no answer.
 */
export function createPushDelivery(context: VodContext): PushDelivery {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let isWoken = false;
  let endPause: (() => void) | undefined;
  let listener: { close(): Promise<void> } | undefined;
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      isWoken = false;
      const claimed = await claim(context, MAX_PARALLEL - running.size).catch((error: unknown) => {
        context.logger.error({ err: error }, 'cannot claim events');
        return [];
      });
      for (const event of claimed) track(deliver(context, event, stopping.signal));
      if (claimed.length === 0 || running.size >= MAX_PARALLEL) await pause();
    }
  }

  function track(delivery: Promise<void>): void {
    const tracked = delivery
      .catch((error: unknown) => context.logger.error({ err: error }, 'cannot record a delivery'))
      .finally(() => {
        running.delete(tracked);
        wake();
      });
    running.add(tracked);
  }

  function wake(): void {
    isWoken = true;
    endPause?.();
  }

  /** Not at all when something came up since the last look: that look may have missed it. */
  async function pause(): Promise<void> {
    if (isWoken || stopping.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, POLL_MS);
    endPause = resolve;
    await promise;
    clearTimeout(timer);
  }

  return {
    async start() {
      if (loop) return;
      listener = await context.database.listen(EVENT_CHANNEL, wake);
      loop = run();
    },
    async stop() {
      stopping.abort();
      wake();
      await listener?.close();
      await loop;
      await Promise.all(running);
    },
  };
}

/** Takes the oldest due event of each file, at most `limit`, for the time of one delivery. */
async function claim({ db }: VodContext, limit: number): Promise<EventRow[]> {
  if (limit <= 0) return [];
  return await db
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
                .where('earlier.mode', '=', 'PUSH'),
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
  const config = await readEventConfig(context.db, event.sub_app_id);
  const url = toUrl(config.notification_url);
  const body = toSignedPayload(event.payload, config, context.clock());
  const headers = { 'content-type': 'application/json', 'user-agent': 'vodstack' };
  const startedAt = context.clock();
  const result: PostResult = url
    ? await post({
        url,
        headers,
        body,
        timeoutMs: TIMEOUT_MS,
        allowsPrivateAddress: context.allowsPrivateAddress(url),
        signal,
      })
    : {
        outcome: 'error',
        message: `the callback URL ${JSON.stringify(config.notification_url)} is not an http(s) URL`,
      };
  // Cut off by our own stop: nobody knows whether it arrived, so it is sent again after the next start.
  if (signal.aborted && result.outcome === 'error') return await release(context, event);
  await record(context, event, {
    url: config.notification_url,
    headers,
    body,
    startedAt,
    durationMs: context.clock().getTime() - startedAt.getTime(),
    result,
  });
}

interface Exchange {
  url: string;
  headers: Record<string, string>;
  body: string;
  startedAt: Date;
  durationMs: number;
  result: PostResult;
}

async function record(context: VodContext, event: EventRow, exchange: Exchange): Promise<void> {
  const { result } = exchange;
  const isAnswered = result.outcome === 'answered';
  await context.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('vod.delivery')
      .values({
        event_id: event.event_id,
        attempt: event.attempts + 1,
        url: exchange.url,
        request_headers: JSON.stringify(exchange.headers),
        request_body: exchange.body,
        response_status: isAnswered ? result.status : null,
        response_headers: isAnswered ? JSON.stringify(result.headers) : null,
        response_body: isAnswered ? result.body : null,
        error: isAnswered ? null : result.message,
        started_at: exchange.startedAt,
        duration_ms: exchange.durationMs,
      })
      .execute();
    await tx
      .updateTable('vod.event')
      .set(nextState(event, isAnswered))
      .where('event_id', '=', event.event_id)
      .where('state', '=', 'pending')
      .execute();
    await notifyLive(tx, { kind: 'delivery', id: String(event.event_id) });
  });
}

function nextState(event: EventRow, isAnswered: boolean): Record<string, unknown> {
  const attempts = event.attempts + 1;
  if (isAnswered) return { state: 'delivered', attempts, leased_until: null, settled_at: sql`now()` };
  if (attempts >= event.send_limit)
    return { state: 'failed', attempts, leased_until: null, settled_at: sql`now()` };
  return {
    attempts,
    leased_until: null,
    next_attempt_at: sql`now() + make_interval(secs => ${RETRY_DELAY_MS / 1000})`,
  };
}

async function release({ db }: VodContext, event: EventRow): Promise<void> {
  await db
    .updateTable('vod.event')
    .set({ leased_until: null })
    .where('event_id', '=', event.event_id)
    .execute();
}

function toUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}

/** With a SignKey the members `Sign` and `T` join the message; T is the time until which it may be believed. */
function toSignedPayload(payload: string, config: EventConfig, now: Date): string {
  if (!config.sign_key) return payload;
  const expirySec = Math.floor(now.getTime() / 1000) + SIGN_LIFETIME_SEC;
  const signed = JSON.stringify({ Sign: callbackSign(config.sign_key, expirySec), T: expirySec });
  return `${payload.slice(0, -1)},${signed.slice(1)}`;
}
