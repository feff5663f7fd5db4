import { isEventType } from '@vodstack/protocol';
import { clipText } from '../log-line.ts';
import { memberNames } from '../event-payload.ts';
import { isJsonObject, parseJson, type JsonObject } from './json.ts';

/** The largest notification that is read; the biggest real ones (hundreds of subtasks) stay below 200 kB. */
export const MAX_BODY_BYTES: number = 1024 * 1024;

/** A raw body as adapters have it. Null and undefined mean that the request carried none. */
export type RawBody = string | Uint8Array | null | undefined;

/** A notification whose envelope was understood. */
export interface Notification {
  readonly eventType: string;
  /** The whole message, explicit nulls left out. */
  readonly content: JsonObject;
  /** The member that belongs to the type; undefined for types that this version doesn't know. */
  readonly member: JsonObject | undefined;
}

/** The message isn't a notification that can be acted on: answered 400. Handlers may throw it too. The message says what was expected, what came, and what to do. */
export class BadNotificationError extends Error {
  override readonly name = 'BadNotificationError';
}

/** Reads a body into a notification. Throws BadNotificationError. */
export function parseNotification(rawBody: RawBody): Notification {
  const content = parseContent(decodeBody(rawBody));
  const eventType = readEventType(content);
  return { eventType, content, member: readMember(content, eventType) };
}

function decodeBody(rawBody: RawBody): string {
  const bytes = typeof rawBody === 'string' ? Buffer.byteLength(rawBody) : (rawBody?.byteLength ?? 0);
  if (bytes > MAX_BODY_BYTES) throw tooLarge(bytes);
  const text = typeof rawBody === 'string' ? rawBody.replace(/^\uFEFF/, '') : decodeUtf8(rawBody);
  if (text.trim() === '') {
    throw new BadNotificationError(
      'expected a JSON notification, got an empty body; an empty test POST gets this answer too',
    );
  }
  return text;
}

function tooLarge(bytes: number): BadNotificationError {
  return new BadNotificationError(
    `expected at most ${MAX_BODY_BYTES} bytes, got ${bytes}; check that the sender is the VOD service`,
  );
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(bytes: Uint8Array | null | undefined): string {
  try {
    return strictUtf8.decode(bytes ?? new Uint8Array());
  } catch {
    throw new BadNotificationError(
      'expected UTF-8 text, got other bytes; check the sender or the isBase64Encoded flag',
    );
  }
}

function parseContent(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const cause =
      error instanceof SyntaxError && error.message.startsWith('JSON nested')
        ? error.message
        : 'text that is not JSON';
    throw new BadNotificationError(`expected a JSON object, got ${cause}: ${clipText(text, 80)}`);
  }
  if (!isJsonObject(value)) {
    throw new BadNotificationError(`expected a JSON object with EventType, got ${describe(value)}`);
  }
  return value;
}

function readEventType(content: JsonObject): string {
  const eventType = content['EventType'];
  if (typeof eventType === 'string' && eventType !== '') return eventType;
  if (content['eventType'] !== undefined) {
    throw new BadNotificationError(
      'expected EventType, got the 2.0 callback format (eventType); enter this address as the 3.0 callback URL',
    );
  }
  throw new BadNotificationError(
    `expected EventType to be a non-empty string, got ${describe(eventType)}; check that the sender is the VOD service`,
  );
}

function readMember(content: JsonObject, eventType: string): JsonObject | undefined {
  if (!isEventType(eventType)) return undefined;
  const names = memberNames(eventType);
  const found = names.map((name) => content[name]).find((member) => isJsonObject(member));
  if (found !== undefined) return found;
  throw new BadNotificationError(
    `expected ${eventType} to carry the object ${names[0]}, got ${describe(content[names[0]])}; check that the sender is the VOD service`,
  );
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object'
    ? 'an object'
    : `the ${typeof value} ${clipText(JSON.stringify(value), 80)}`;
}
