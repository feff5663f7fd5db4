import type { EventType } from '@vodstack/protocol';
import type { Effect } from './effects/effect.ts';
import type { EventPayload } from './event-payload.ts';
import type { EventSource } from './inbox/arrival.ts';
import type { Notification } from './parse/notification.ts';

/** What a handler gets beside its event. */
export interface HandlerContext {
  readonly notification: Notification;
  readonly log: (line: string) => void;
  /** What is left of the platform's time limit for this notification, in ms; undefined when there is none. */
  readonly remainingMs: number | undefined;
  /** Only in a receiver with an inbox. */
  readonly delivery?: EventDelivery;
}

/** What a receiver with an inbox adds for its handlers. */
export interface EventDelivery {
  readonly eventId: string;
  readonly source: EventSource;
  /** Counts from 1. */
  readonly attempt: number;
  readonly receivedAt: Date;
  /** Fires when the handler's time is over or the receiver is being stopped. */
  readonly signal: AbortSignal;
  /** For what must be done once only, however often this handler is called. */
  readonly effect: Effect;
}

/**
 * Acts on one event. The payload has the documented type with explicit nulls left out; its fields are as the sender wrote them, so check
 * what you rely on. Throwing answers 500 (a sender that retries will come again), throwing BadNotificationError answers 400.
 * May be called twice for one event: delivery is at least once.
 */
export type EventHandler<Payload> = (payload: Payload, context: HandlerContext) => Promise<void> | void;

/** Handlers by event type; a type without one is acknowledged and logged. */
export type EventHandlers = { readonly [Type in EventType]?: EventHandler<EventPayload<Type>> };
