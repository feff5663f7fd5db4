import { webhookHeaders } from '@vodstack/protocol';
import type { VodContext } from '../../context.ts';
import type { DispatchRow, EndpointRow, EventRow } from '../../tables.ts';
import { createDeliveryLoop, type DeliveryLoop } from '../delivery-loop.ts';
import { readEventConfig } from '../event-config.ts';
import { post, type PostResult } from '../http-post.ts';
import { toHttpUrl } from '../http-url.ts';
import type { Exchange } from '../record-delivery.ts';
import { toSignedPayload } from '../signed-payload.ts';
import { claimDispatches, releaseDispatch } from './claim-dispatches.ts';
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

interface Delivery {
  readonly endpoint: EndpointRow;
  readonly event: EventRow;
  readonly body: string;
}

async function deliver(context: VodContext, dispatch: DispatchRow, signal: AbortSignal): Promise<void> {
  const delivery = await prepare(context, dispatch);
  const exchange = await send(context, delivery, signal);
  // Cut off by our own stop: nobody knows whether it arrived, so it is sent again after the next start.
  if (signal.aborted && exchange.result.outcome === 'error')
    return await releaseDispatch(context.db, dispatch);
  await recordDispatch(context, dispatch, exchange);
}

async function prepare({ db, clock }: VodContext, dispatch: DispatchRow): Promise<Delivery> {
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
  const { sign_key } = await readEventConfig(db, event.sub_app_id);
  return { endpoint, event, body: toSignedPayload(event.payload, sign_key, clock()) };
}

async function send(
  context: VodContext,
  { endpoint, event, body }: Delivery,
  signal: AbortSignal,
): Promise<Exchange> {
  const startedAt = context.clock();
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'vodstack',
    ...webhookHeaders(
      { id: toMessageId(event), timestampSec: Math.floor(startedAt.getTime() / 1000), body },
      liveSecrets(endpoint, startedAt),
    ),
  };
  const url = toHttpUrl(endpoint.url);
  const result: PostResult = url
    ? await post({
        url,
        headers,
        body,
        timeoutMs: TIMEOUT_MS,
        allowsPrivateAddress: context.allowsPrivateAddress(url),
        signal,
      })
    : { outcome: 'error', message: `${JSON.stringify(endpoint.url)} is not an http(s) URL` };
  const durationMs = context.clock().getTime() - startedAt.getTime();
  return { url: endpoint.url, headers, body, startedAt, durationMs, result };
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
