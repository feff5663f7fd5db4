import { sql } from 'kysely';
import type { TaskRow, VodDb } from '../tables.ts';

/**
 * Takes a task over from whoever had it: from here on, older attempts can write nothing.
 * @returns undefined when it has ended, or has been aborted before anyone began
 */
export async function takeOver(db: VodDb, taskId: string, workerId: string): Promise<TaskRow | undefined> {
  return await db
    .updateTable('vod.task')
    .set((set) => ({
      attempt: set('attempt', '+', 1),
      status: 'PROCESSING' as const,
      worker_id: workerId,
      begin_at: sql<Date>`coalesce(begin_at, now())`,
    }))
    .where('task_id', '=', taskId)
    .where('status', 'in', ['WAITING', 'PROCESSING'])
    .returningAll()
    .executeTakeFirst();
}

/** Whether the attempt may still write. Holds the task until the end of the transaction. */
export async function isStillOurs(tx: VodDb, task: TaskRow): Promise<boolean> {
  const current = await tx
    .selectFrom('vod.task')
    .select('attempt')
    .where('task_id', '=', task.task_id)
    .where('status', 'in', ['WAITING', 'PROCESSING'])
    .forUpdate()
    .executeTakeFirst();
  return current?.attempt === task.attempt;
}
