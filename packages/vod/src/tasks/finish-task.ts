import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { emitEvent } from '../events/outbox.ts';
import { findMedia } from '../media/media-repository.ts';
import type { TaskRow, VodDb } from '../tables.ts';
import { toProcedureTask } from './procedure-task.ts';
import { findTask } from './task-repository.ts';

/** Closes a task whose sub-tasks are all settled and reports it, in the caller's transaction. */
export async function finishTask(context: VodContext, tx: VodDb, task: TaskRow): Promise<void> {
  await tx
    .updateTable('vod.task')
    .set({ status: 'FINISH', finish_at: sql`now()` })
    .where('task_id', '=', task.task_id)
    .execute();
  if (task.notify_mode !== 'None') await reportState(context, tx, task);
  await notifyTask(tx, task);
}

/** Reports ProcedureStateChanged with the task as it stands inside this transaction. */
export async function reportState(context: VodContext, tx: VodDb, task: TaskRow): Promise<void> {
  const found = await findTask(tx, task.task_id);
  const media = (await findMedia(tx, task.sub_app_id, [task.file_id])).get(task.file_id);
  if (!found) return;
  await emitEvent(tx, {
    subAppId: task.sub_app_id,
    fileId: task.file_id,
    type: 'ProcedureStateChanged',
    content: toProcedureTask(found, media, context.publicUrl()),
  });
}

export async function notifyTask(tx: VodDb, task: TaskRow): Promise<void> {
  await notifyLive(tx, { kind: 'task', id: task.task_id });
  await notifyLive(tx, { kind: 'media', id: task.file_id });
}
