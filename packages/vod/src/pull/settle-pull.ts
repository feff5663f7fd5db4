import type { TaskErrCode } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { emitEvent } from '../events/outbox.ts';
import { startUploadProcedure } from '../procedures/start-procedure.ts';
import type { PullRow, TaskRow } from '../tables.ts';
import { isStillOurs } from '../tasks/task-attempt.ts';
import { insertMedia, type NewMedia } from '../upload/insert-media.ts';
import { findPullTask } from './pull-task.ts';

/** One attempt at a pull. */
export interface PullRun {
  readonly task: TaskRow;
  readonly pull: PullRow;
}

export interface PullFailure {
  readonly errCode: TaskErrCode;
  readonly message: string;
}

/**
 * Closes a pull with the media it made, or with why it made none, and reports PullComplete, in one transaction.
 * @returns false when another worker has taken the pull over or ended it
 */
export async function settlePull(
  context: VodContext,
  { task, pull }: PullRun,
  outcome: NewMedia | PullFailure,
): Promise<boolean> {
  return await context.db.transaction().execute(async (tx) => {
    if (!(await isStillOurs(tx, task))) return false;
    const media = 'fileId' in outcome ? outcome : undefined;
    if (media) await insertMedia(tx, media);
    const procedureTaskId = media
      ? await startUploadProcedure(context, tx, {
          subAppId: media.subAppId,
          fileId: media.fileId,
          procedure: media.parameters.procedure,
          sessionContext: task.session_context,
          priority: task.priority,
        })
      : '';
    await tx
      .updateTable('vod.pull')
      .set(
        'errCode' in outcome
          ? { err_code: outcome.errCode, message: outcome.message }
          : { err_code: 0, message: 'SUCCESS', progress: 100, procedure_task_id: procedureTaskId },
      )
      .where('task_id', '=', task.task_id)
      .execute();
    const finished = await tx
      .updateTable('vod.task')
      .set({ status: 'FINISH', finish_at: sql`now()`, file_id: media?.fileId ?? '' })
      .where('task_id', '=', task.task_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await emitEvent(tx, {
      subAppId: task.sub_app_id,
      fileId: pull.file_id,
      type: 'PullComplete',
      content: await findPullTask(context, tx, finished),
    });
    await notifyLive(tx, { kind: 'task', id: task.task_id });
    if (media) await notifyLive(tx, { kind: 'media', id: media.fileId });
    return true;
  });
}
