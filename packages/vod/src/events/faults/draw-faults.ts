import { sql } from 'kysely';
import type { FaultRow, VodDb } from '../../tables.ts';
import type { FaultKind } from './fault-kinds.ts';

/** What a fault may be limited to. */
export interface FaultTarget {
  readonly subAppId: number;
  readonly fileId: string;
  /** Undefined where there is no event: a fault that is limited to one does not apply. */
  readonly eventType?: string | undefined;
}

export interface DrawnFault {
  readonly kind: FaultKind;
  readonly delayMs: number | null;
}

/** Which of these faults strike now: at most one of each kind, counted as applied. Nothing without a fault that somebody added. */
export async function drawFaults(
  db: VodDb,
  kinds: readonly FaultKind[],
  target: FaultTarget,
): Promise<DrawnFault[]> {
  return await draw(db, await findFaults(db, kinds, target));
}

/** The same of faults that are known already. */
export async function draw(db: VodDb, faults: readonly FaultRow[]): Promise<DrawnFault[]> {
  const drawn = new Map<FaultKind, DrawnFault>();
  for (const { fault_id, kind, probability, delay_ms } of faults) {
    if (drawn.has(kind) || Math.random() >= probability) continue;
    if (await use(db, fault_id)) drawn.set(kind, { kind, delayMs: delay_ms });
  }
  return [...drawn.values()];
}

/** All that could strike here, the oldest first. */
export async function findFaults(
  db: VodDb,
  kinds: readonly FaultKind[],
  { subAppId, fileId, eventType }: FaultTarget,
): Promise<FaultRow[]> {
  return await db
    .selectFrom('vod.fault')
    .selectAll()
    .where('kind', 'in', kinds)
    .where((where) => where.or([where('sub_app_id', 'is', null), where('sub_app_id', '=', subAppId)]))
    .where((where) => where.or([where('file_id', 'is', null), where('file_id', '=', fileId)]))
    .where((where) =>
      where.or([
        where('event_type', 'is', null),
        ...(eventType === undefined ? [] : [where('event_type', '=', eventType)]),
      ]),
    )
    .where((where) => where.or([where('remaining', 'is', null), where('remaining', '>', 0)]))
    .orderBy('fault_id')
    .execute();
}

/** @returns false when somebody else has just used it up */
async function use(db: VodDb, faultId: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('vod.fault')
    .set((set) => ({
      applied: set('applied', '+', 1),
      remaining: set('remaining', '-', 1),
      applied_at: sql<Date>`now()`,
    }))
    .where('fault_id', '=', faultId)
    .where((where) => where.or([where('remaining', 'is', null), where('remaining', '>', 0)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
