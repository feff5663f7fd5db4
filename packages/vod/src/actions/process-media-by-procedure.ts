import { invalidParameterValue } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { findProcedureTask } from '../procedures/procedure-repository.ts';
import { createTask } from '../tasks/create-task.ts';
import { parseMediaProcessTask } from '../tasks/parse-media-process.ts';
import { parseTaskOptions, requireFile } from '../tasks/task-options.ts';
import { defineAction, type Action } from './action.ts';
import type { ProcessMediaByProcedureRequest } from './request-types.ts';

/** Of this action's documentation; ProcessMedia's says 3. */
const SESSION_DAYS = 7;

/** Processes a media by a procedure template (266/34782). */
export const processMediaByProcedure: Action<ProcessMediaByProcedureRequest> = defineAction({
  name: 'ProcessMediaByProcedure',
  unsupported: ['MediaStoragePath', 'ExtInfo'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    const fileId = await requireFile(context.db, subAppId, request.FileId);
    const task = await findProcedureTask(context.db, subAppId, request.ProcedureName);
    if (!task) {
      throw invalidParameterValue(
        'ProcedureName',
        `names no procedure template: ${JSON.stringify(request.ProcedureName.slice(0, 40))}.`,
      );
    }
    const subtasks = parseMediaProcessTask(task);
    const taskId = await createTask(context, {
      subAppId,
      fileId,
      ...options,
      sessionDays: SESSION_DAYS,
      subtasks,
    });
    return { TaskId: taskId, ReviewAudioVideoTaskId: '', ImportMediaKnowledgeTaskIdSet: [] };
  },
});
