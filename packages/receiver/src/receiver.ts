import { isEventType, type EventType } from '@vodstack/protocol';
import { assertSigned } from './check-sign.ts';
import { logToConsole } from './console-log.ts';
import type { EventPayload } from './event-payload.ts';
import { clipText, logLine } from './log-line.ts';
import {
  parseNotification,
  BadNotificationError,
  type Notification,
  type RawBody,
} from './parse/notification.ts';

/** What a handler gets beside its event. */
export interface HandlerContext {
  readonly notification: Notification;
  readonly log: (line: string) => void;
  /** What is left of the platform's time limit for this notification, in ms; undefined when there is none. */
  readonly remainingMs: number | undefined;
}

/**
 * Acts on one event. The payload has the documented type with explicit nulls left out; its fields are as the sender wrote them, so check
 * what you rely on. Throwing answers 500 (a sender that retries will come again), throwing BadNotificationError answers 400.
 * May be called twice for one event: delivery is at least once.
 */
export type EventHandler<Payload> = (payload: Payload, context: HandlerContext) => Promise<void> | void;

/** Handlers by event type; a type without one is acknowledged and logged. */
export type EventHandlers = { readonly [Type in EventType]?: EventHandler<EventPayload<Type>> };

export interface ReceiverOptions {
  readonly on: EventHandlers;
  /** The key set with ModifyEventConfig; several while rotating. Absent: signatures are not looked at. */
  readonly signKey?: string | readonly string[];
  /** Takes one line without a line end; the console by default. */
  readonly log?: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface ReceiveMeta {
  /** What is left of the platform's time limit, in ms. */
  readonly remainingMs?: number;
}

export interface ReceiveResult {
  readonly status: 200 | 400 | 500;
  readonly body: '' | 'Bad Request' | 'Internal Error';
  readonly eventType?: string;
  /** Why the status isn't 200. For logs, not for the sender. */
  readonly reason?: string;
}

export interface Receiver {
  /** Never rejects: whatever happens is in the result and in the log. */
  handle(rawBody: RawBody, meta?: ReceiveMeta): Promise<ReceiveResult>;
  readonly log: (line: string) => void;
}

/**
 * The event-notification receiver of Tencent's guide: 200 with an empty body when the notification was understood, 400 `Bad Request` when not.
 * Beyond the guide: 500 `Internal Error` when a handler failed. The cloud ignores the status (it resends on a 5 s timeout only), but a sender
 * that takes only 2xx as success will then deliver the notification again.
 *
 * @example
 * const receiver = createReceiver({ on: { NewFileUpload: transcode({ definitions: [100010, 100020], secretId, secretKey }) } });
 * http.createServer(toNodeHandler(receiver)).listen(8080);
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { on, log = logToConsole, now = Date.now } = options;
  const signKeys = readSignKeys(options.signKey);

  async function receive(rawBody: RawBody, meta: ReceiveMeta): Promise<ReceiveResult> {
    const notification = parseNotification(rawBody);
    if (signKeys.length > 0) assertSigned(notification.content, signKeys, now());
    await dispatch(notification, on, { notification, log, remainingMs: meta.remainingMs });
    return { status: 200, body: '', eventType: notification.eventType };
  }

  return {
    log,
    async handle(rawBody, meta = {}) {
      try {
        return await receive(rawBody, meta);
      } catch (error) {
        return refuse(error, log);
      }
    },
  };
}

function readSignKeys(signKey: ReceiverOptions['signKey']): readonly string[] {
  const keys = signKey === undefined ? [] : [signKey].flat();
  // An empty key would make everybody able to sign.
  if (keys.includes(''))
    throw new TypeError(
      'signKey: expected a non-empty string, got an empty one; leave it out to accept unsigned notifications',
    );
  return keys;
}

async function dispatch(
  notification: Notification,
  on: EventHandlers,
  context: HandlerContext,
): Promise<void> {
  const { eventType, member } = notification;
  if (!isEventType(eventType) || member === undefined) {
    context.log(logLine('Notification acknowledged, type unknown to this version', { EventType: eventType }));
    return;
  }
  // The one place where the wire meets the documented types: the type decides the member, and the SDK declares every field optional.
  const handler = on[eventType] as EventHandler<unknown> | undefined;
  if (handler === undefined)
    context.log(logLine('Notification acknowledged, no handler for it', { EventType: eventType }));
  else await handler(member, context);
}

function refuse(error: unknown, log: (line: string) => void): ReceiveResult {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BadNotificationError) {
    log(`Notification refused (400): ${clipText(message, 400)}`);
    return { status: 400, body: 'Bad Request', reason: message };
  }
  log(`Notification not handled (500), a sender that retries may send it again: ${clipText(message)}`);
  return { status: 500, body: 'Internal Error', reason: message };
}
