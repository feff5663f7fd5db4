import type { EndpointRow } from '../../tables.ts';
import { CIRCUIT_FAILURES } from './retry-schedule.ts';

/** An endpoint without its secrets. */
export interface EndpointView {
  readonly endpointId: number;
  readonly subAppId: number;
  readonly name: string;
  readonly url: string;
  readonly profile: 'hardened';
  /** Null in these three: all. */
  readonly eventTypes: readonly string[] | null;
  readonly fileIds: readonly string[] | null;
  readonly classIds: readonly number[] | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: string | null;
  /** `open`: after failures in a row nothing is sent until `openUntil`. */
  readonly circuit: 'closed' | 'open';
  readonly openUntil: string | null;
  readonly failures: number;
  /** How many of its secrets hold now. */
  readonly secrets: number;
  readonly createdAt: string;
}

export function toEndpointView(row: EndpointRow, now: Date): EndpointView {
  return {
    endpointId: row.endpoint_id,
    subAppId: row.sub_app_id,
    name: row.name,
    url: row.url,
    profile: 'hardened',
    eventTypes: row.event_types,
    fileIds: row.file_ids,
    classIds: row.class_ids,
    state: row.disabled_at === null ? 'enabled' : 'disabled',
    disabledReason: row.disabled_reason,
    circuit: row.failures >= CIRCUIT_FAILURES ? 'open' : 'closed',
    openUntil: row.open_until?.toISOString() ?? null,
    failures: row.failures,
    secrets: row.secrets.filter(({ expiresAt }) => expiresAt === null || new Date(expiresAt) > now).length,
    createdAt: row.created_at.toISOString(),
  };
}
