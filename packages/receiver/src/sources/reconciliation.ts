import type { EventMember, EventType } from '@vodstack/protocol';
import { isJsonObject, type JsonObject } from '../parse/json.ts';
import type { VodClient } from '../vod/client.ts';
import type { Watermarks } from './watermarks.ts';

/** An event that never came. */
export interface Found {
  readonly eventType: EventType;
  readonly member: EventMember;
  readonly content: JsonObject;
}

export interface TimeWindow {
  readonly after: Date;
  readonly before: Date;
}

/** What one run works with. */
export interface Reconciliation {
  readonly client: VodClient;
  readonly application: { readonly SubAppId?: number };
  readonly signal: AbortSignal;
  readonly watermarks: Watermarks;
  readonly report: (found: Found) => Promise<void>;
}

export async function ask(
  { client, application, signal }: Reconciliation,
  action: string,
  request: object,
): Promise<JsonObject | undefined> {
  const answer = await client.request(action, { ...request, ...application }, { signal });
  return isJsonObject(answer) ? answer : undefined;
}

/** ISO 8601 with whole seconds, as the API wants it; both ends of its ranges belong to them. */
export function toTimeRange({ after, before }: TimeWindow): { After: string; Before: string } {
  return { After: toText(after), Before: toText(new Date(before.getTime() + 999)) };
}

function toText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
