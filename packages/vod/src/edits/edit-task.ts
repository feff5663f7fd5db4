import { type models, toErrCode } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { toMediaUrl } from '../media/locations.ts';
import { findMedia, findSource, type MediaWithArtifacts } from '../media/media-repository.ts';
import { toWireTime } from '../media/wire-time.ts';
import type { EditKind, EditRequests, EditRow, TaskRow, VodDb } from '../tables.ts';

/** Never is this day, as everywhere. */
const NEVER = '9999-12-31T23:59:59Z';

/** Each kind's structure in DescribeTaskDetail, and in its event: the same. */
interface EditTasks {
  EditMedia: models.EditMediaTask;
  ComposeMedia: models.ComposeMediaTask;
  DescribeFileAttributesTask: models.DescribeFileAttributesTask;
}

interface Found {
  readonly task: TaskRow;
  readonly edit: EditRow;
  /** What was made; absent before the end and when it failed. */
  readonly media: MediaWithArtifacts | undefined;
  readonly publicUrl: string;
}

const TO_TASK: { readonly [Kind in EditKind]: (found: Found) => EditTasks[Kind] } = {
  EditMedia: toEditMediaTask,
  ComposeMedia: toComposeMediaTask,
  DescribeFileAttributesTask: toAttributesTask,
};

export function isEditKind(kind: string): kind is EditKind {
  return Object.hasOwn(TO_TASK, kind);
}

export async function findEditTask<Kind extends EditKind>(
  context: Pick<VodContext, 'publicUrl'>,
  db: VodDb,
  task: TaskRow & { kind: Kind },
): Promise<EditTasks[Kind]> {
  const edit = await db
    .selectFrom('vod.edit')
    .selectAll()
    .where('task_id', '=', task.task_id)
    .executeTakeFirstOrThrow();
  const isMade = task.status === 'FINISH' && edit.err_code_ext === '';
  const media = isMade ? (await findMedia(db, task.sub_app_id, [edit.file_id])).get(edit.file_id) : undefined;
  return TO_TASK[task.kind]({ task, edit, media, publicUrl: context.publicUrl() });
}

function toEditMediaTask(found: Found): models.EditMediaTask {
  const { task, edit } = found;
  const { FileInfos } = edit.request as EditRequests['EditMedia'];
  return {
    TaskId: task.task_id,
    Status: task.status === 'FINISH' ? 'FINISH' : 'PROCESSING',
    ErrCode: toErrCode(edit.err_code_ext),
    ErrCodeExt: edit.err_code_ext,
    Message: edit.message,
    Progress: edit.progress,
    Input: { InputType: 'File', FileInfoSet: FileInfos ?? [], StreamInfoSet: [] },
    ...madeOf(found),
    ProcedureTaskId: edit.procedure_task_id,
    ReviewAudioVideoTaskId: '',
    SessionId: task.session_id,
    SessionContext: task.session_context,
  };
}

/** The structure of this one has no ErrCodeExt. */
function toComposeMediaTask(found: Found): models.ComposeMediaTask {
  const { task, edit } = found;
  const { Tracks, Canvas, Output } = edit.request as EditRequests['ComposeMedia'];
  return {
    TaskId: task.task_id,
    Status: task.status === 'FINISH' ? 'FINISH' : 'PROCESSING',
    ErrCode: toErrCode(edit.err_code_ext),
    Message: edit.message,
    Progress: edit.progress,
    // The cloud leaves out a canvas that nobody asked for, whatever the SDK's types say.
    Input: { Tracks, Output, ...(Canvas ? { Canvas } : {}) } as models.ComposeMediaTaskInput,
    ...madeOf(found),
    SessionId: task.session_id,
    SessionContext: task.session_context,
  };
}

function madeOf({
  media,
  publicUrl,
}: Found): Pick<models.EditMediaTask & models.ComposeMediaTask, 'Output' | 'MetaData'> {
  const source = media && findSource(media);
  if (!media || !source) return {};
  const { media: row } = media;
  return {
    Output: {
      FileType: row.type === 'm3u8' ? 'hls' : row.type,
      FileUrl: toMediaUrl(publicUrl, source),
      FileId: row.file_id,
      MediaName: row.name,
      ClassId: row.class_id,
      ExpireTime: toWireTime(row.expire_at, NEVER),
    },
    ...(row.meta_data ? { MetaData: row.meta_data } : {}),
  };
}

/** Its states are those of a sub-task. */
function toAttributesTask({ task, edit }: Found): models.DescribeFileAttributesTask {
  const isEnded = task.status === 'FINISH';
  const { Md5 = '', Sha1 = '' } = (edit.result ?? {}) as models.DescribeFileAttributesTaskOutput;
  const end = edit.err_code_ext === '' ? 'SUCCESS' : 'FAIL';
  return {
    TaskId: task.task_id,
    Status: isEnded ? end : 'PROCESSING',
    ErrCode: toErrCode(edit.err_code_ext),
    ErrCodeExt: edit.err_code_ext,
    Message: edit.message,
    Progress: edit.progress,
    FileId: edit.file_id,
    ...(edit.result ? { Output: { Md5, Sha1 } } : {}),
    SessionId: task.session_id,
    SessionContext: task.session_context,
  };
}
