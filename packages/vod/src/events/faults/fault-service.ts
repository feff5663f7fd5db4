import { ApiError, isEventType } from '@vodstack/protocol';
import type { VodContext } from '../../context.ts';
import type { FaultRow } from '../../tables.ts';
import { FAULT_KINDS, type FaultKind, isFaultKind } from './fault-kinds.ts';

export interface NewFault {
  readonly kind: string;
  /** 0 … 1; default 1: always. */
  readonly probability?: number | undefined;
  /** How often at most; default: without end. */
  readonly count?: number | undefined;
  /** Of delay and reorder. */
  readonly delayMs?: number | undefined;
  /** What it is limited to; default: everything. */
  readonly eventType?: string | undefined;
  readonly fileId?: string | undefined;
  readonly subAppId?: number | undefined;
}

export interface FaultView {
  readonly faultId: number;
  readonly kind: FaultKind;
  readonly probability: number;
  /** How often it can still strike; null: without end. */
  readonly remaining: number | null;
  readonly delayMs: number | null;
  readonly eventType: string | null;
  readonly fileId: string | null;
  readonly subAppId: number | null;
  /** How often it has struck, and when last. */
  readonly applied: number;
  readonly appliedAt: string | null;
  readonly createdAt: string;
}

/** What goes wrong on purpose, so that a receiver can be tried. There is nothing unless somebody adds it. */
export interface FaultService {
  list(): Promise<FaultView[]>;
  /** @throws ApiError InvalidParameterValue for a kind or an event type that there is not */
  add(fault: NewFault): Promise<FaultView>;
  /** @throws ApiError ResourceNotFound */
  remove(faultId: number): Promise<FaultView>;
  /** @returns how many there were */
  clear(): Promise<number>;
}

export function createFaultService({ db }: VodContext): FaultService {
  return {
    async list() {
      const rows = await db.selectFrom('vod.fault').selectAll().orderBy('fault_id').execute();
      return rows.map(toView);
    },
    async add(fault) {
      const { kind, eventType } = fault;
      assertKind(kind);
      if (eventType !== undefined && !isEventType(eventType))
        throw new ApiError('InvalidParameterValue', `There is no event type ${JSON.stringify(eventType)}.`);
      const row = await db
        .insertInto('vod.fault')
        .values({
          kind,
          probability: fault.probability ?? 1,
          remaining: fault.count ?? null,
          delay_ms: fault.delayMs ?? null,
          event_type: eventType ?? null,
          file_id: fault.fileId ?? null,
          sub_app_id: fault.subAppId ?? null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toView(row);
    },
    async remove(faultId) {
      const row = await db
        .deleteFrom('vod.fault')
        .where('fault_id', '=', faultId)
        .returningAll()
        .executeTakeFirst();
      if (row) return toView(row);
      throw new ApiError('ResourceNotFound', `There is no fault ${faultId}.`);
    },
    async clear() {
      const { numDeletedRows } = await db.deleteFrom('vod.fault').executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function assertKind(kind: string): asserts kind is FaultKind {
  if (isFaultKind(kind)) return;
  const kinds = Object.keys(FAULT_KINDS).join(', ');
  throw new ApiError(
    'InvalidParameterValue',
    `There is no fault ${JSON.stringify(kind)}: one of ${kinds} is expected.`,
  );
}

function toView(row: FaultRow): FaultView {
  return {
    faultId: row.fault_id,
    kind: row.kind,
    probability: row.probability,
    remaining: row.remaining,
    delayMs: row.delay_ms,
    eventType: row.event_type,
    fileId: row.file_id,
    subAppId: row.sub_app_id,
    applied: row.applied,
    appliedAt: row.applied_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
