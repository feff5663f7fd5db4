import type { ErrCodeExt } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { emitEvent, type NewEvent } from '../events/outbox.ts';
import { startUploadProcedure } from '../procedures/start-procedure.ts';
import type { EditKind, EditRow, TaskRow, VodDb } from '../tables.ts';
import { isStillOurs } from '../tasks/task-attempt.ts';
import { insertMedia, type NewMedia } from '../upload/insert-media.ts';
import { findEditTask } from './edit-task.ts';

/** One attempt at an edit. */
export interface EditRun {
  readonly task: TaskRow & { kind: EditKind };
  readonly edit: EditRow;
}

export type EditOutcome =
  | { readonly media: NewMedia }
  | { readonly result: object }
  | { readonly errCodeExt: ErrCodeExt; readonly message: string };

/**
 * Closes an edit with what it made, or with why it made nothing, and reports it, in one transaction.
 * @returns false when another worker has taken it over or ended it
 */
export async function settleEdit(
  context: VodContext,
  { task, edit }: EditRun,
  outcome: EditOutcome,
): Promise<boolean> {
  return await context.db.transaction().execute(async (tx) => {
    if (!(await isStillOurs(tx, task))) return false;
    const media = 'media' in outcome ? outcome.media : undefined;
    if (media) await insertMedia(tx, media);
    const procedureTaskId = media ? await startProcedure(context, tx, task, media) : '';
    await tx
      .updateTable('vod.edit')
      .set(
        'errCodeExt' in outcome
          ? { err_code_ext: outcome.errCodeExt, message: outcome.message }
          : {
              message: 'SUCCESS',
              progress: 100,
              procedure_task_id: procedureTaskId,
              ...('result' in outcome ? { result: JSON.stringify(outcome.result) } : {}),
            },
      )
      .where('task_id', '=', task.task_id)
      .execute();
    const finished = await tx
      .updateTable('vod.task')
      .set({ status: 'FINISH', finish_at: sql`now()`, ...(media ? { file_id: media.fileId } : {}) })
      .where('task_id', '=', task.task_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await report(context, tx, { edit, task: { ...finished, kind: task.kind } });
    await notifyLive(tx, { kind: 'task', id: task.task_id });
    if (media) await notifyLive(tx, { kind: 'media', id: media.fileId });
    return true;
  });
}

async function startProcedure(
  context: VodContext,
  tx: VodDb,
  task: TaskRow,
  media: NewMedia,
): Promise<string> {
  return await startUploadProcedure(context, tx, {
    subAppId: media.subAppId,
    fileId: media.fileId,
    procedure: media.parameters.procedure,
    sessionContext: task.session_context,
    priority: task.priority,
  });
}

const EVENTS = {
  EditMedia: 'EditMediaComplete',
  ComposeMedia: 'ComposeMediaComplete',
  DescribeFileAttributesTask: 'DescribeFileAttributesComplete',
} as const;

async function report(context: VodContext, tx: VodDb, { task, edit }: EditRun): Promise<void> {
  const content = await findEditTask(context, tx, task);
  await emitEvent(tx, {
    subAppId: task.sub_app_id,
    fileId: edit.file_id,
    type: EVENTS[task.kind],
    content,
    // Type and content go together by the tables of the kinds.
  } as NewEvent);
}
