import type { VodContext } from '../context.ts';
import type { DeliveryRow, DispatchRow, EventRow, EventState, VodDb } from '../tables.ts';

export interface EventView {
  readonly eventId: number;
  readonly type: string;
  readonly fileId: string;
  readonly mode: string;
  readonly state: string;
  readonly createdAt: string;
  readonly settledAt: string | null;
  /** The message before `Sign` and `T` join it. */
  readonly payload: string;
  /** Every delivery, oldest first. */
  readonly attempts: readonly DeliveryView[];
  /** How it stands with each endpoint of the profile `hardened`; the other fields are about the callback and pull mode. */
  readonly dispatches: readonly DispatchView[];
}

export interface DispatchView {
  readonly endpointId: number;
  readonly url: string;
  readonly state: string;
  readonly attempts: number;
  /** When it is sent next; null when it is settled. */
  readonly nextAttemptAt: string | null;
  /** Why there is another attempt, or why there is none. */
  readonly reason: string | null;
}

export interface DeliveryView {
  readonly attempt: number;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Exactly as sent. */
  readonly requestBody: string;
  readonly status: number | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: string | null;
  /** Why there was no answer. */
  readonly error: string | null;
  /** Null: the application's callback URL. */
  readonly endpointId: number | null;
  readonly nextAttemptAt: string | null;
  /** Why there is another attempt, or none; null once it was delivered. */
  readonly nextReason: string | null;
  /** What was done wrong on purpose (`vodstack faults`). */
  readonly injected: readonly string[];
}

export interface EventQuery {
  readonly subAppId: number;
  readonly limit: number;
  /** Only events before this one. */
  readonly before?: number | undefined;
  readonly type?: string | undefined;
  readonly state?: EventState | undefined;
  readonly fileId?: string | undefined;
}

/** Newest first, with every delivery. */
export async function listEvents(context: VodContext, query: EventQuery): Promise<EventView[]> {
  const { before, type, state, fileId } = query;
  const events = await context.db
    .selectFrom('vod.event')
    .selectAll()
    .where('sub_app_id', '=', query.subAppId)
    .$if(before !== undefined, (select) => select.where('event_id', '<', before ?? 0))
    .$if(type !== undefined, (select) => select.where('type', '=', type ?? ''))
    .$if(state !== undefined, (select) => select.where('state', '=', state ?? 'pending'))
    .$if(fileId !== undefined, (select) => select.where('file_id', '=', fileId ?? ''))
    .orderBy('event_id', 'desc')
    .limit(query.limit)
    .execute();
  return await withDeliveries(context, events);
}

/** Everything that was told of a media, oldest first. */
export async function findMediaEvents(context: VodContext, fileId: string): Promise<EventView[]> {
  const events = await context.db
    .selectFrom('vod.event')
    .selectAll()
    .where('file_id', '=', fileId)
    .orderBy('event_id')
    .execute();
  return await withDeliveries(context, events);
}

async function withDeliveries({ db }: VodContext, events: readonly EventRow[]): Promise<EventView[]> {
  if (events.length === 0) return [];
  const ids = events.map(({ event_id }) => event_id);
  const deliveries = await db
    .selectFrom('vod.delivery')
    .selectAll()
    .where('event_id', 'in', ids)
    .orderBy('delivery_id')
    .execute();
  const dispatches = await findDispatches(db, ids);
  const byEvent = Map.groupBy(deliveries, ({ event_id }) => event_id);
  const dispatchesByEvent = Map.groupBy(dispatches, ({ event_id }) => event_id);
  return events.map((event) => ({
    ...toEventView(event, byEvent.get(event.event_id) ?? []),
    dispatches: (dispatchesByEvent.get(event.event_id) ?? []).map(toDispatchView),
  }));
}

async function findDispatches(db: VodDb, ids: readonly number[]): Promise<(DispatchRow & { url: string })[]> {
  return await db
    .selectFrom('vod.dispatch as dispatch')
    .innerJoin('vod.endpoint as endpoint', 'endpoint.endpoint_id', 'dispatch.endpoint_id')
    .selectAll('dispatch')
    .select('endpoint.url')
    .where('dispatch.event_id', 'in', ids)
    .orderBy('dispatch.endpoint_id')
    .execute();
}

function toDispatchView(dispatch: DispatchRow & { url: string }): DispatchView {
  return {
    endpointId: dispatch.endpoint_id,
    url: dispatch.url,
    state: dispatch.state,
    attempts: dispatch.attempts,
    nextAttemptAt: dispatch.state === 'pending' ? dispatch.next_attempt_at.toISOString() : null,
    reason: dispatch.reason,
  };
}

function toEventView(event: EventRow, deliveries: readonly DeliveryRow[]): Omit<EventView, 'dispatches'> {
  return {
    eventId: event.event_id,
    type: event.type,
    fileId: event.file_id,
    mode: event.mode,
    state: event.state,
    createdAt: event.created_at.toISOString(),
    settledAt: event.settled_at?.toISOString() ?? null,
    payload: event.payload,
    attempts: deliveries.map(toDeliveryView),
  };
}

function toDeliveryView(delivery: DeliveryRow): DeliveryView {
  return {
    attempt: delivery.attempt,
    url: delivery.url,
    startedAt: delivery.started_at.toISOString(),
    durationMs: delivery.duration_ms,
    requestHeaders: delivery.request_headers,
    requestBody: delivery.request_body,
    status: delivery.response_status,
    responseHeaders: delivery.response_headers,
    responseBody: delivery.response_body,
    error: delivery.error,
    endpointId: delivery.endpoint_id,
    nextAttemptAt: delivery.next_attempt_at?.toISOString() ?? null,
    nextReason: delivery.next_reason,
    injected: delivery.injected ?? [],
  };
}
