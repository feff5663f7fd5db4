import { notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { newEditTaskId, newFileId } from '../ids.ts';
import type { EditKind, EditRequests } from '../tables.ts';
import { assertNewSession } from '../tasks/create-task.ts';

/** Queue of media to be made of others, and of files to be looked at. */
export const EDIT_QUEUE = 'vod-edit';

export interface NewEdit<Kind extends EditKind> {
  readonly kind: Kind;
  readonly subAppId: number;
  readonly sessionId: string;
  readonly sessionContext: string;
  readonly priority: number;
  readonly request: EditRequests[Kind];
}

/**
 * Records an edit and queues its work, in one transaction.
 * @returns the TaskId
 * @throws ApiError InvalidParameterValue.SessionId when this SessionId was used within three days
 */
export async function createEdit<Kind extends EditKind>(
  context: VodContext,
  edit: NewEdit<Kind>,
): Promise<string> {
  const taskId = newEditTaskId(edit.subAppId, edit.kind);
  const fileId = 'FileId' in edit.request ? edit.request.FileId : '';
  await context.db.transaction().execute(async (tx) => {
    await assertNewSession(tx, edit);
    await tx
      .insertInto('vod.task')
      .values({
        task_id: taskId,
        sub_app_id: edit.subAppId,
        file_id: fileId,
        kind: edit.kind,
        session_id: edit.sessionId,
        session_context: edit.sessionContext,
        priority: edit.priority,
      })
      .execute();
    await tx
      .insertInto('vod.edit')
      .values({ task_id: taskId, file_id: fileId || newFileId(), request: JSON.stringify(edit.request) })
      .execute();
    await context.jobs.send(tx, EDIT_QUEUE, { taskId }, { priority: edit.priority });
    await notifyLive(tx, { kind: 'task', id: taskId });
  });
  return taskId;
}
