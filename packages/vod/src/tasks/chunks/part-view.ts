import { sql } from 'kysely';
import type { TaskPartState, VodDb } from '../../tables.ts';

/** A part of a long source, and who is at it or did it. */
export interface PartView {
  readonly part: number;
  readonly state: TaskPartState;
  /** How often it was begun. */
  readonly attempts: number;
  readonly workerId: string | null;
}

/** The parts of these tasks, in their order. */
export async function findParts(
  db: VodDb,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PartView[]>> {
  if (taskIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('vod.task_part')
    .select(['task_id', 'part', 'state', 'attempts', 'worker_id'])
    .where('task_id', '=', sql<string>`any(${taskIds})`)
    .orderBy('part')
    .execute();
  const views = new Map<string, PartView[]>();
  for (const { task_id, worker_id, ...row } of rows) {
    views.set(task_id, [...(views.get(task_id) ?? []), { ...row, workerId: worker_id }]);
  }
  return views;
}
