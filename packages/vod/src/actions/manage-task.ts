import { invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { abortTask } from '../tasks/abort-task.ts';
import { findTask } from '../tasks/task-repository.ts';
import { defineAction, type Action } from './action.ts';
import type { ManageTaskRequest } from './request-types.ts';

/** Takes back a task that nobody works on yet (266/37496). */
export const manageTask: Action<ManageTaskRequest> = defineAction({
  name: 'ManageTask',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { TaskId: taskId, OperationType: operation } = request;
    if (operation !== 'Abort') {
      throw invalidParameterValue(
        'InvalidOperationType',
        `\`OperationType\` must be Abort, got ${JSON.stringify(operation.slice(0, 40))}.`,
      );
    }
    const found = await findTask(context.db, taskId);
    if (found?.task.sub_app_id !== subAppId) {
      throw invalidParameterValue(
        'TaskId',
        `names no task of this application: ${JSON.stringify(taskId.slice(0, 80))}.`,
      );
    }
    if (await abortTask(context, found.task)) return {};
    throw invalidParameterValue(
      'TaskId',
      'names a task that is not waiting any more: only those can be aborted.',
    );
  },
});
