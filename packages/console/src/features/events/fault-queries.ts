import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import {
  id,
  list,
  nullable,
  number,
  object,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

export const FAULT_KINDS = [
  'delay',
  'reorder',
  'duplicate',
  'drop',
  'stall',
  'wrong-signature',
  'expired',
  'nulls',
  'fail-task',
  'fail-part',
  'request-limit',
  'internal-error',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export function isFaultKind(value: string): value is FaultKind {
  return FAULT_KINDS.some((kind) => kind === value);
}

/** These two hold an event back for a time. */
export function hasDelay(kind: FaultKind): boolean {
  return kind === 'delay' || kind === 'reorder';
}

/** Of what a call is answered, and of new tasks, no event type can tell. */
export function hasEventType(kind: FaultKind): boolean {
  return !['fail-task', 'fail-part', 'request-limit', 'internal-error'].includes(kind);
}

export const fault = object({
  faultId: id,
  kind: text,
  probability: number,
  remaining: nullable(number),
  delayMs: nullable(number),
  eventType: nullable(text),
  fileId: nullable(text),
  subAppId: nullable(number),
  applied: withDefault(number, 0),
  appliedAt: nullable(text),
});
export type Fault = Decoded<typeof fault>;

export function faultsQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.faults,
    queryFn: async ({ signal }) =>
      (await api.request('/faults', object({ items: list(fault) }), { signal })).items,
  });
}
