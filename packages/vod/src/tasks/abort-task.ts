import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { TaskRow } from '../tables.ts';
import { notifyTask } from './finish-task.ts';

/**
 * Aborts a task that nobody works on yet; its job finds nothing to do.
 * @returns false when it is not waiting any more
 */
export async function abortTask(context: VodContext, task: TaskRow): Promise<boolean> {
  return await context.db.transaction().execute(async (tx) => {
    const aborted = await tx
      .updateTable('vod.task')
      .set({ status: 'ABORTED', finish_at: sql`now()` })
      .where('task_id', '=', task.task_id)
      .where('status', '=', 'WAITING')
      .returning('task_id')
      .executeTakeFirst();
    if (!aborted) return false;
    await tx
      .updateTable('vod.subtask')
      .set({
        status: 'FAIL',
        err_code_ext: 'InvalidInput',
        message: 'the task was aborted by ManageTask',
        finish_at: sql`now()`,
      })
      .where('task_id', '=', task.task_id)
      .execute();
    await notifyTask(tx, task);
    return true;
  });
}
