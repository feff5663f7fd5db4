import {
  eventMembers,
  type FileDeleteTask,
  type FileUploadTask,
  type models,
  type ProcedureTask,
  type PullUploadTask,
} from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodDb } from '../tables.ts';
import { findTakers, insertDispatches } from './endpoints/dispatch-event.ts';
import { type EventConfig, readEventConfig } from './event-config.ts';

/** NOTIFY channel that wakes the deliverer and waiting PullEvents calls when a transaction with an event commits. */
export const EVENT_CHANNEL = 'vod_event';

export type NewEvent = { readonly subAppId: number; readonly fileId: string } & (
  | { readonly type: 'FileDeleted'; readonly content: FileDeleteTask }
  | { readonly type: 'NewFileUpload'; readonly content: FileUploadTask }
  | { readonly type: 'ProcedureStateChanged'; readonly content: ProcedureTask }
  | { readonly type: 'PersistenceComplete'; readonly content: models.PersistenceCompleteTask }
  | { readonly type: 'PullComplete'; readonly content: PullUploadTask }
  | { readonly type: 'EditMediaComplete'; readonly content: models.EditMediaTask }
  | { readonly type: 'ComposeMediaComplete'; readonly content: models.ComposeMediaTask }
  | { readonly type: 'DescribeFileAttributesComplete'; readonly content: models.DescribeFileAttributesTask }
);

/** Event types that the cloud sends only when a switch is ON (ModifyEventConfig); all others are always sent. */
const SWITCHES: Partial<Record<string, 'upload_switch' | 'delete_switch' | 'persistence_switch'>> = {
  NewFileUpload: 'upload_switch',
  FileDeleted: 'delete_switch',
  PersistenceComplete: 'persistence_switch',
};

/**
 * Writes an event into the outbox, in the caller's transaction: it is sent if and only if the change it reports commits.
 * Nothing is written when the event's switch is OFF and no endpoint takes it. Mode and address are those of the moment.
 */
export async function emitEvent(tx: VodDb, event: NewEvent): Promise<void> {
  const config = await readEventConfig(tx, event.subAppId);
  const endpointIds = await findTakers(tx, event);
  const isOff = !isSwitchedOn(config, event.type);
  if (isOff && endpointIds.length === 0) return;
  await insertEvent(tx, { ...event, payload: toPayload(event) }, { config, endpointIds, isOff });
}

export interface EventMessage {
  readonly subAppId: number;
  readonly fileId: string;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
}

export interface Destinations {
  readonly config: EventConfig;
  readonly endpointIds: readonly number[];
  /** Its switch is OFF: the endpoints alone get it. */
  readonly isOff?: boolean;
}

/** Puts a message into the outbox. @returns its id */
export async function insertEvent(
  tx: VodDb,
  event: EventMessage,
  { config, endpointIds, isOff = false }: Destinations,
): Promise<number> {
  const isUnaddressed = isOff || (config.mode === 'PUSH' && config.notification_url === '');
  const row = await tx
    .insertInto('vod.event')
    .values({
      sub_app_id: event.subAppId,
      file_id: event.fileId,
      type: event.type,
      mode: config.mode,
      payload: event.payload,
      state: isUnaddressed ? 'unaddressed' : 'pending',
    })
    .returning('event_id')
    .executeTakeFirstOrThrow();
  await insertDispatches(tx, { eventId: row.event_id, fileId: event.fileId }, endpointIds);
  await sql`select pg_notify(${EVENT_CHANNEL}, ${config.mode})`.execute(tx);
  await notifyLive(tx, { kind: 'event', id: String(row.event_id) });
  return row.event_id;
}

function isSwitchedOn(config: EventConfig, type: string): boolean {
  const name = SWITCHES[type];
  return name === undefined || config[name];
}

function toPayload(event: NewEvent): string {
  return JSON.stringify({ EventType: event.type, [eventMembers[event.type]]: event.content });
}
