import { hash } from 'node:crypto';
import type { Notification } from '../parse/notification.ts';
import { objectField, textField } from '../parse/fields.ts';
import type { JsonObject } from '../parse/json.ts';

/** How an event came: pushed to our address, pulled from the queue, or made up from the API because it never came. */
export type EventSource = 'push' | 'pull' | 'reconciled';

/** An event as it is stored. */
export interface Arrival {
  readonly source: EventSource;
  readonly eventType: string;
  readonly fileId: string | null;
  readonly taskId: string | null;
  /** Equal for all deliveries of one event. */
  readonly dedupeKey: string;
  /** Events of equal key are handled one after the other, in the order of their arrival. */
  readonly orderKey: string;
  /** Whether the same content may tell of something that happened again (a file restored twice): then only a recent one is a repetition. */
  readonly canRecur: boolean;
  /** Byte for byte as it came. */
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Credentials of proxies and the like have no place in a record that is shown. */
const UNKEPT_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** Longest real ids are 60 characters; a stranger's must not outgrow an index entry. */
const MAX_ID_LENGTH = 200;

/**
 * Reads what the inbox needs to know of a notification. Two deliveries of one event differ in `Sign`, `T` and `EventHandle` only, so the
 * rest of the content is hashed; absent and null members count alike.
 */
export function toArrival(
  notification: Notification,
  raw: { readonly source: EventSource; readonly body: Uint8Array; readonly headers?: Arrival['headers'] },
): Arrival {
  const { content, member } = notification;
  const eventType = toKeyText(notification.eventType) ?? '';
  const fileId = toKeyText(readFileId(member));
  const taskId = toKeyText(textField(member, 'TaskId'));
  const dedupeKey = [eventType, taskId ?? fileId ?? '', hashContent(content)].join(':');
  return {
    source: raw.source,
    eventType,
    fileId,
    taskId,
    dedupeKey,
    orderKey: fileId ?? taskId ?? dedupeKey,
    canRecur: taskId === null && eventType !== 'NewFileUpload',
    body: raw.body,
    headers: keptHeaders(raw.headers ?? {}),
  };
}

/** For what came from the queue and is no notification. */
export function unreadableArrival(raw: { readonly source: EventSource; readonly body: Uint8Array }): Arrival {
  const dedupeKey = `Unreadable::${hash('sha256', raw.body, 'hex').slice(0, 40)}`;
  const names = { eventType: 'Unreadable', fileId: null, taskId: null };
  return { ...raw, ...names, dedupeKey, orderKey: dedupeKey, canRecur: false, headers: {} };
}

function readFileId(member: JsonObject | undefined): string | undefined {
  const set: unknown = member?.['FileIdSet'];
  const first: unknown = Array.isArray(set) ? set[0] : undefined;
  return (
    textField(member, 'FileId') ??
    textField({ first }, 'first') ??
    textField(objectField(member, 'Input'), 'FileId')
  );
}

/** PostgreSQL takes no NUL in a text, and one such row would fail the batch of its neighbours. */
function toKeyText(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAX_ID_LENGTH).replaceAll('\0', '').toWellFormed();
}

function hashContent(content: JsonObject): string {
  const { Sign: _sign, T: _t, EventHandle: _handle, ...rest } = content;
  return hash('sha256', JSON.stringify(rest), 'hex').slice(0, 40);
}

function keptHeaders(headers: Arrival['headers']): Arrival['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !UNKEPT_HEADERS.has(name.toLowerCase()));
  return Object.fromEntries(kept);
}
