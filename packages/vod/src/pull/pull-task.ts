import type { PullUploadTask } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { toMediaUrl } from '../media/locations.ts';
import { toBasicInfo } from '../media/media-info.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import type { TaskRow, VodDb } from '../tables.ts';

/** `PullUploadTask` of DescribeTaskDetail and `PullCompleteEvent` of the event: the same structure. */
export async function findPullTask(
  context: Pick<VodContext, 'publicUrl'>,
  db: VodDb,
  task: TaskRow,
): Promise<PullUploadTask> {
  const pull = await db
    .selectFrom('vod.pull')
    .selectAll()
    .where('task_id', '=', task.task_id)
    .executeTakeFirstOrThrow();
  const isMade = task.status === 'FINISH' && pull.err_code === 0;
  const media = isMade ? (await findMedia(db, task.sub_app_id, [pull.file_id])).get(pull.file_id) : undefined;
  const source = media && findSource(media);
  return {
    TaskId: task.task_id,
    Status: task.status === 'FINISH' ? 'FINISH' : 'PROCESSING',
    ErrCode: pull.err_code,
    Message: pull.message,
    FileId: isMade ? pull.file_id : '',
    ...(media ? { MediaBasicInfo: toBasicInfo(media, context.publicUrl()) } : {}),
    ...(media?.media.meta_data ? { MetaData: media.media.meta_data } : {}),
    FileUrl: source ? toMediaUrl(context.publicUrl(), source) : '',
    ProcedureTaskId: pull.procedure_task_id,
    ReviewAudioVideoTaskId: '',
    SessionContext: task.session_context,
    SessionId: task.session_id,
    Progress: pull.progress,
  };
}
