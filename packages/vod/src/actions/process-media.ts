import { resolveActiveSubAppId } from '../applications.ts';
import { failOnPurpose } from '../events/faults/task-faults.ts';
import { assertSupported } from '../tasks/assert-supported.ts';
import { createTask } from '../tasks/create-task.ts';
import { parseMediaProcessTask, unsupportedTaskOptions } from '../tasks/parse-media-process.ts';
import { parseTaskOptions, requireFile } from '../tasks/task-options.ts';
import { defineAction, type Action } from './action.ts';
import type { ProcessMediaRequest } from './request-types.ts';

/** Starts processing a media; the outcome is told by ProcedureStateChanged (266/33427). */
export const processMedia: Action<ProcessMediaRequest> = defineAction({
  name: 'ProcessMedia',
  unsupported: [
    'MediaStoragePath',
    'Url',
    'AiContentReviewTask',
    'AiAnalysisTask',
    'AiRecognitionTask',
    'OutputAsIndependentMedia',
    'ExtInfo',
    ...unsupportedTaskOptions,
  ],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    assertSupported(pickOtherWork(request));
    const subtasks = parseMediaProcessTask(request.MediaProcessTask);
    const fileId = await requireFile(context.db, subAppId, request.FileId);
    await failOnPurpose(context.db, { subAppId, fileId });
    return { TaskId: await createTask(context, { subAppId, fileId, ...options, subtasks }) };
  },
});

function pickOtherWork(request: ProcessMediaRequest): object {
  const { AiContentReviewTask, AiAnalysisTask, AiRecognitionTask, Url, OutputAsIndependentMedia } = request;
  return { AiContentReviewTask, AiAnalysisTask, AiRecognitionTask, Url, OutputAsIndependentMedia };
}
