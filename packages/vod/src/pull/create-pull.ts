import { notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { newFileId, newPullTaskId } from '../ids.ts';
import type { PullRequest } from '../tables.ts';
import { assertNewSession } from '../tasks/create-task.ts';

/** Queue of files to be fetched. */
export const PULL_QUEUE = 'vod-pull';

export interface NewPull {
  readonly subAppId: number;
  readonly sessionId: string;
  readonly sessionContext: string;
  readonly priority: number;
  readonly request: PullRequest;
}

/**
 * Records a pull and queues its work, in one transaction.
 * @returns the TaskId
 * @throws ApiError InvalidParameterValue.SessionId when this SessionId was used within three days
 */
export async function createPull(context: VodContext, pull: NewPull): Promise<string> {
  const taskId = newPullTaskId(pull.subAppId);
  await context.db.transaction().execute(async (tx) => {
    await assertNewSession(tx, pull);
    await tx
      .insertInto('vod.task')
      .values({
        task_id: taskId,
        sub_app_id: pull.subAppId,
        file_id: '',
        kind: 'PullUpload',
        session_id: pull.sessionId,
        session_context: pull.sessionContext,
        priority: pull.priority,
      })
      .execute();
    await tx
      .insertInto('vod.pull')
      .values({ task_id: taskId, file_id: newFileId(), request: JSON.stringify(pull.request) })
      .execute();
    await context.jobs.send(tx, PULL_QUEUE, { taskId }, { priority: pull.priority });
    await notifyLive(tx, { kind: 'task', id: taskId });
  });
  return taskId;
}
