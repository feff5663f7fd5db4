import { ApiError } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { createTask } from './create-task.ts';
import { findTask } from './task-repository.ts';

/**
 * Makes a new task of the sub-tasks that failed, with the same input: what succeeded is not made again. The same as a ProcessMedia
 * with them, and reported in the same way.
 * @returns the new TaskId
 * @throws ApiError when there is no such task, it goes on, or nothing of it failed
 */
export async function retryTask(context: VodContext, taskId: string): Promise<string> {
  const found = await findTask(context.db, taskId);
  if (!found) throw refuse(`There is no task ${taskId.slice(0, 80)}.`);
  const { task, subtasks } = found;
  if (task.status !== 'FINISH' && task.status !== 'ABORTED') {
    throw refuse('The task has not ended yet: only what has failed can be tried again.');
  }
  const failed = subtasks.filter(({ status }) => status === 'FAIL');
  if (failed.length === 0) throw refuse('Nothing of this task has failed.');
  return await createTask(context, {
    subAppId: task.sub_app_id,
    fileId: task.file_id,
    // Its own SessionId would be refused as a repetition.
    sessionId: '',
    sessionContext: task.session_context,
    notifyMode: task.notify_mode,
    priority: task.priority,
    subtasks: failed.map(({ kind, definition, input }) => ({ kind, definition, input })),
  });
}

function refuse(message: string): ApiError {
  return new ApiError('InvalidParameterValue.TaskId', message);
}
