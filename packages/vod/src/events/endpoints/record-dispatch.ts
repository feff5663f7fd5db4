import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../../context.ts';
import type { DispatchRow, DispatchState, VodDb } from '../../tables.ts';
import type { PostResult } from '../http-post.ts';
import { type Exchange, insertDeliveries } from '../record-delivery.ts';
import { CIRCUIT_FAILURES, circuitOpenSec, nextAttempt, parseRetryAfter } from './retry-schedule.ts';

/** RFC 9110, 15.5.11: whoever answers so wants no more. */
const GONE = 410;

/** Keeps a send, and decides what comes next: for the event at this endpoint, and for the endpoint itself. */
export async function recordDispatch(
  context: VodContext,
  dispatch: DispatchRow,
  exchanges: readonly [Exchange, ...Exchange[]],
): Promise<void> {
  const { event_id, endpoint_id } = dispatch;
  const attempt = dispatch.attempts + 1;
  const [exchange] = exchanges;
  const next = toNext(dispatch, exchange, context.clock());
  await context.db.transaction().execute(async (tx) => {
    await insertDeliveries(tx, exchanges, {
      event_id,
      endpoint_id,
      attempt,
      next_attempt_at: next.at ?? null,
      next_reason: next.reason,
    });
    await tx
      .updateTable('vod.dispatch')
      .set({
        attempts: attempt,
        leased_until: null,
        state: next.state,
        reason: next.reason,
        ...(next.at ? { next_attempt_at: next.at } : { settled_at: sql`now()` }),
      })
      .where('event_id', '=', event_id)
      .where('endpoint_id', '=', endpoint_id)
      .where('state', '=', 'pending')
      .execute();
    // The endpoint itself is not to blame for what never reached it.
    if (!exchange.injected.includes('drop')) await recordHealth(tx, endpoint_id, exchange.result);
    await notifyLive(tx, { kind: 'delivery', id: String(event_id) });
  });
}

interface Next {
  readonly state: DispatchState;
  readonly at?: Date;
  readonly reason: string | null;
}

function toNext(dispatch: DispatchRow, { result, injected }: Exchange, now: Date): Next {
  if (isTaken(result)) return { state: 'delivered', reason: null };
  const what = result.outcome === 'answered' ? `status ${result.status}` : result.message;
  if (injected.includes('drop')) return { state: 'dead', reason: what };
  if (isGone(result)) return { state: 'dead', reason: `${what}: the endpoint is disabled` };
  const retryAfterSec =
    result.outcome === 'answered' ? parseRetryAfter(result.headers['retry-after'], now) : undefined;
  const sends = dispatch.attempts + 1 - dispatch.round_start;
  const at = nextAttempt({ sends, roundAt: dispatch.round_at, now, retryAfterSec, random: Math.random() });
  if (!at) return { state: 'dead', reason: `${what}; given up after ${sends} sends` };
  const asked = retryAfterSec === undefined ? '' : `, Retry-After ${Math.ceil(retryAfterSec)} s`;
  return { state: 'pending', at, reason: `${what}${asked}; send ${sends + 1} follows` };
}

function isTaken(result: PostResult): boolean {
  return result.outcome === 'answered' && result.status >= 200 && result.status < 300;
}

function isGone(result: PostResult): boolean {
  return result.outcome === 'answered' && result.status === GONE;
}

async function recordHealth(tx: VodDb, endpointId: number, result: PostResult): Promise<void> {
  if (isTaken(result)) return await closeCircuit(tx, endpointId);
  const endpoint = await tx
    .updateTable('vod.endpoint')
    .set((set) => ({
      failures: set('failures', '+', 1),
      ...(isGone(result)
        ? {
            disabled_at: set.fn.coalesce('disabled_at', sql<Date>`now()`),
            disabled_reason: 'it answered 410 Gone',
          }
        : {}),
    }))
    .where('endpoint_id', '=', endpointId)
    .returning('failures')
    .executeTakeFirst();
  const failures = endpoint?.failures ?? 0;
  if (failures < CIRCUIT_FAILURES) return;
  await tx
    .updateTable('vod.endpoint')
    .set({ open_until: sql`now() + make_interval(secs => ${circuitOpenSec(failures)})` })
    .where('endpoint_id', '=', endpointId)
    .execute();
}

/** Only where there is something to close: each success would lock the row otherwise. */
async function closeCircuit(tx: VodDb, endpointId: number): Promise<void> {
  await tx
    .updateTable('vod.endpoint')
    .set({ failures: 0, open_until: null })
    .where('endpoint_id', '=', endpointId)
    .where('failures', '>', 0)
    .execute();
}
