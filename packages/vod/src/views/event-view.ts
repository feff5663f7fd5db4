import type { VodContext } from '../context.ts';
import type { DeliveryRow, EventRow, EventState } from '../tables.ts';

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
  const byEvent = Map.groupBy(deliveries, ({ event_id }) => event_id);
  return events.map((event) => toEventView(event, byEvent.get(event.event_id) ?? []));
}

function toEventView(event: EventRow, deliveries: readonly DeliveryRow[]): EventView {
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
  };
}
