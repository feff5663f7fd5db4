import { assertSigned } from './check-sign.ts';
import { logToConsole } from './console-log.ts';
import { dispatch } from './dispatch.ts';
import type { EventHandlers } from './event-handler.ts';
import { clipText } from './log-line.ts';
import { BadNotificationError, parseNotification, type RawBody } from './parse/notification.ts';

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
  /** The path of the address that was called, without the query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ReceiveResult {
  /** 404 and 503 come from a receiver with an inbox: a wrong path secret, and an event that could not be stored. */
  readonly status: 200 | 400 | 404 | 500 | 503;
  readonly body: '' | 'Bad Request' | 'Not Found' | 'Internal Error' | 'Unavailable';
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

/** Throws TypeError for an empty key. */
export function readSignKeys(signKey: ReceiverOptions['signKey']): readonly string[] {
  const keys = signKey === undefined ? [] : [signKey].flat();
  // An empty key would make everybody able to sign.
  if (keys.includes(''))
    throw new TypeError(
      'signKey: expected a non-empty string, got an empty one; leave it out to accept unsigned notifications',
    );
  return keys;
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
