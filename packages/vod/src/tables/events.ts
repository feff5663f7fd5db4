import type { ColumnType, Generated } from 'kysely';
import type { FaultKind, HoldKind } from '../events/faults/fault-kinds.ts';
import type { DefaultTimestamp, Json, NullableJson, NullableTimestamp, Timestamp } from './column-types.ts';

export interface EventConfigTable {
  sub_app_id: number;
  mode: Generated<'PUSH' | 'PULL'>;
  notification_url: Generated<string>;
  upload_switch: Generated<boolean>;
  delete_switch: Generated<boolean>;
  persistence_switch: Generated<boolean>;
  sign_key: string | null;
}

/** pending → delivered | confirmed | failed; `unaddressed` when no callback URL was set at the time. */
export type EventState = 'pending' | 'delivered' | 'confirmed' | 'failed' | 'unaddressed';

export interface EventTable {
  event_id: Generated<number>;
  sub_app_id: number;
  type: string;
  file_id: string;
  mode: 'PUSH' | 'PULL';
  payload: string;
  state: Generated<EventState>;
  attempts: Generated<number>;
  /** Sends in all, until it counts as failed. */
  send_limit: Generated<number>;
  next_attempt_at: DefaultTimestamp;
  leased_until: NullableTimestamp;
  handle: string | null;
  created_at: DefaultTimestamp;
  settled_at: NullableTimestamp;
  /** The fault that it waits, or has waited, for. */
  held_for: ColumnType<HoldKind | null, HoldKind | null | undefined, HoldKind | null>;
}

export interface DeliveryTable {
  delivery_id: Generated<number>;
  event_id: number;
  attempt: number;
  url: string;
  request_headers: Json<Record<string, string>>;
  request_body: string;
  response_status: number | null;
  response_headers: NullableJson<Record<string, string>>;
  response_body: string | null;
  error: string | null;
  started_at: Timestamp;
  duration_ms: number;
  /** Null: the application's callback URL. */
  endpoint_id: ColumnType<number | null, number | null | undefined, number | null>;
  next_attempt_at: NullableTimestamp;
  /** Why there is another attempt, or none; null once it was delivered. */
  next_reason: ColumnType<string | null, string | null | undefined, string | null>;
  /** What was done wrong on purpose. */
  injected: NullableJson<FaultKind[]>;
}

/** Something that goes wrong on purpose. Null in `sub_app_id`, `event_type`, `file_id`: any. */
export interface FaultTable {
  fault_id: Generated<number>;
  kind: FaultKind;
  sub_app_id: number | null;
  event_type: string | null;
  file_id: string | null;
  probability: Generated<number>;
  /** Null: without end. */
  remaining: number | null;
  delay_ms: number | null;
  applied: Generated<number>;
  applied_at: NullableTimestamp;
  created_at: DefaultTimestamp;
}

/** A secret that signs what an endpoint gets; one that is being replaced holds until `expiresAt`. */
export interface EndpointSecret {
  readonly secret: string;
  readonly expiresAt: string | null;
}

/** An address that gets events by the profile `hardened`. */
export interface EndpointTable {
  endpoint_id: Generated<number>;
  sub_app_id: number;
  name: string;
  url: string;
  secrets: Json<EndpointSecret[]>;
  /** Null in these three: all. */
  event_types: NullableJson<string[]>;
  file_ids: NullableJson<string[]>;
  class_ids: NullableJson<number[]>;
  disabled_at: NullableTimestamp;
  disabled_reason: string | null;
  /** Failed sends in a row. */
  failures: Generated<number>;
  /** Nothing is sent before. */
  open_until: NullableTimestamp;
  created_at: DefaultTimestamp;
}

export type DispatchState = 'pending' | 'delivered' | 'dead';

/** One event on its way to one endpoint. */
export interface DispatchTable {
  event_id: number;
  endpoint_id: number;
  file_id: string;
  state: Generated<DispatchState>;
  attempts: Generated<number>;
  /** How many of them belong to earlier rounds of the schedule. */
  round_start: Generated<number>;
  round_at: DefaultTimestamp;
  next_attempt_at: DefaultTimestamp;
  leased_until: NullableTimestamp;
  reason: string | null;
  settled_at: NullableTimestamp;
  held_for: ColumnType<HoldKind | null, HoldKind | null | undefined, HoldKind | null>;
}
