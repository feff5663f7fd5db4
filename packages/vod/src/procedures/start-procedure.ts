import type { VodContext } from '../context.ts';
import type { NotifyMode, VodDb } from '../tables.ts';
import { createTaskIn } from '../tasks/create-task.ts';
import { parseMediaProcessTask } from '../tasks/parse-media-process.ts';
import { findProcedureTask } from './procedure-repository.ts';

/**
 * Runs the procedure that an upload asked for, in the transaction that makes the media.
 * @returns the TaskId; empty when none was asked for, or when it has been deleted since
 */
export async function startUploadProcedure(
  context: VodContext,
  tx: VodDb,
  upload: {
    readonly subAppId: number;
    readonly fileId: string;
    readonly procedure: string | undefined;
    readonly sessionContext: string | undefined;
    readonly notifyMode?: NotifyMode | undefined;
    readonly priority?: number | undefined;
  },
): Promise<string> {
  const { subAppId, fileId, procedure, sessionContext = '' } = upload;
  if (!procedure) return '';
  const task = await findProcedureTask(tx, subAppId, procedure);
  if (!task) {
    context.logger.warn({ fileId, procedure }, 'the procedure of an upload has been deleted');
    return '';
  }
  return await createTaskIn(context, tx, {
    subAppId,
    fileId,
    sessionId: '',
    sessionContext,
    notifyMode: upload.notifyMode ?? 'Finish',
    priority: upload.priority ?? 0,
    subtasks: parseMediaProcessTask(task),
  });
}
