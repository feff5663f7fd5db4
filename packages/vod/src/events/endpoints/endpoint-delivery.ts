import type { VodContext } from '../../context.ts';
import type { DispatchRow, EndpointRow, EventRow, VodDb } from '../../tables.ts';
import { createDeliveryLoop, type DeliveryLoop } from '../delivery-loop.ts';
import { readEventConfig } from '../event-config.ts';
import { drawForSend, toTarget } from '../faults/draw-for-send.ts';
import { toMessage, toTraceId } from '../message.ts';
import { transmit } from '../transmit.ts';
import { claimDispatches, holdDispatch, releaseDispatch } from './claim-dispatches.ts';
import { recordDispatch } from './record-dispatch.ts';

const TIMEOUT_MS = 15_000;

/**
 * Sends events to the endpoints of the profile `hardened`: signed as Standard Webhooks, a 2xx alone is success, tried again for
 * three days, then a dead letter. First sends of one file come in their order; what is being retried holds nothing up.
 */
export function createEndpointDelivery(context: VodContext): DeliveryLoop {
  return createDeliveryLoop<DispatchRow>(context, {
    claim: (limit, running) => claimDispatches(context.db, { limit, running, leaseMs: TIMEOUT_MS + 5000 }),
    deliver: (dispatch, signal) => deliver(context, dispatch, signal),
  });
}

async function deliver(context: VodContext, dispatch: DispatchRow, signal: AbortSignal): Promise<void> {
  const { db, clock } = context;
  const { endpoint, event } = await findParties(db, dispatch);
  const [drawn, { sign_key }] = await Promise.all([
    drawForSend(db, toTarget(event, dispatch.held_for)),
    readEventConfig(db, event.sub_app_id),
  ]);
  if (drawn.hold) return await holdDispatch(db, dispatch, drawn);
  const { injected } = drawn;
  const message = toMessage({
    payload: event.payload,
    signKey: sign_key,
    webhook: { id: toMessageId(event), secrets: liveSecrets(endpoint, clock()) },
    now: context.wallClock(),
    traceId: toTraceId(event),
    injected,
  });
  const exchanges = await transmit(
    context,
    { url: endpoint.url, message, timeoutMs: TIMEOUT_MS, injected },
    signal,
  );
  // Cut off by our own stop: nobody knows whether it arrived, so it is sent again after the next start.
  if (signal.aborted && exchanges[0].result.outcome === 'error') return await releaseDispatch(db, dispatch);
  await recordDispatch(context, dispatch, exchanges);
}

async function findParties(
  db: VodDb,
  dispatch: DispatchRow,
): Promise<{ endpoint: EndpointRow; event: EventRow }> {
  const [endpoint, event] = await Promise.all([
    db
      .selectFrom('vod.endpoint')
      .selectAll()
      .where('endpoint_id', '=', dispatch.endpoint_id)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('vod.event')
      .selectAll()
      .where('event_id', '=', dispatch.event_id)
      .executeTakeFirstOrThrow(),
  ]);
  return { endpoint, event };
}

/** The same for every send of an event, and another in a database made anew. */
function toMessageId({ event_id, created_at }: EventRow): string {
  return `msg_${created_at.getTime().toString(36)}_${event_id}`;
}

function liveSecrets({ secrets }: EndpointRow, now: Date): string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || new Date(expiresAt) > now)
    .map(({ secret }) => secret);
}
