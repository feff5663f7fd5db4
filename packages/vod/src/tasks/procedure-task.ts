import { type MediaProcessTaskResult, type ProcedureTask, toErrCode } from '@vodstack/protocol';
import { toMediaUrl } from '../media/locations.ts';
import { toTranscodeItem } from '../media/media-info.ts';
import { findSource, type MediaWithArtifacts } from '../media/media-repository.ts';
import {
  toAdaptiveItem,
  toAnimatedItem,
  toCoverOutput,
  toSampleItem,
  toSnapshotItem,
  toSpriteItem,
} from '../media/result-items.ts';
import { NOT_YET, toWireTime } from '../media/wire-time.ts';
import type { ArtifactRow, MediaRow, SubtaskKind } from '../tables.ts';
import type { SubtaskWithOutput, TaskWithSubtasks } from './task-repository.ts';

/** `ProcedureTask` of DescribeTaskDetail and `ProcedureStateChangeEvent` of the event: the same structure. */
export function toProcedureTask(
  { task, subtasks }: TaskWithSubtasks,
  media: MediaWithArtifacts | undefined,
  publicUrl: string,
): ProcedureTask {
  const source = media && findSource(media);
  return {
    TaskId: task.task_id,
    Status: task.status === 'FINISH' || task.status === 'ABORTED' ? 'FINISH' : 'PROCESSING',
    // Deprecated, but the cloud still sends them and its own demo reads them. A flow with failed sub-tasks has 0 here too.
    ErrCode: 0,
    Message: 'SUCCESS',
    FileId: task.file_id,
    FileName: media?.media.name ?? '',
    FileUrl: source ? toMediaUrl(publicUrl, source) : '',
    ...(media?.media.meta_data ? { MetaData: media.media.meta_data } : {}),
    MediaProcessResultSet: subtasks.map((subtask) => toProcessResult(subtask, media, publicUrl)),
    AiContentReviewResultSet: [],
    AiAnalysisResultSet: [],
    AiRecognitionResultSet: [],
    SessionContext: task.session_context,
    SessionId: task.session_id,
    TasksPriority: task.priority,
    TasksNotifyMode: task.notify_mode,
    Operator: '',
    OperationType: '',
  };
}

/** The member of a result that goes with its Type: they differ in two. */
const RESULT_MEMBERS = {
  Transcode: 'TranscodeTask',
  AnimatedGraphics: 'AnimatedGraphicTask',
  SnapshotByTimeOffset: 'SnapshotByTimeOffsetTask',
  SampleSnapshot: 'SampleSnapshotTask',
  ImageSprites: 'ImageSpriteTask',
  CoverBySnapshot: 'CoverBySnapshotTask',
  AdaptiveDynamicStreaming: 'AdaptiveDynamicStreamingTask',
} as const;

/** A result's `Output`, from its main file. */
const TO_OUTPUT: {
  readonly [Kind in SubtaskKind]: (file: ArtifactRow, publicUrl: string, media: MediaRow) => object;
} = {
  Transcode: (file, publicUrl, media) => toTranscodeItem(file, media, publicUrl),
  AnimatedGraphics: toAnimatedItem,
  SnapshotByTimeOffset: toSnapshotItem,
  SampleSnapshot: toSampleItem,
  ImageSprites: toSpriteItem,
  CoverBySnapshot: toCoverOutput,
  AdaptiveDynamicStreaming: toAdaptiveItem,
};

function toProcessResult(
  subtask: SubtaskWithOutput,
  media: MediaWithArtifacts | undefined,
  publicUrl: string,
): MediaProcessTaskResult {
  const output =
    subtask.status === 'SUCCESS' && subtask.artifact && media
      ? { Output: TO_OUTPUT[subtask.kind](subtask.artifact, publicUrl, media.media) }
      : {};
  return {
    Type: subtask.kind,
    [RESULT_MEMBERS[subtask.kind]]: {
      Status: subtask.status === 'WAITING' ? 'PROCESSING' : subtask.status,
      ErrCode: toErrCode(subtask.err_code_ext),
      ErrCodeExt: subtask.err_code_ext,
      Message: subtask.message,
      Progress: subtask.progress,
      BeginProcessTime: toWireTime(subtask.begin_at, NOT_YET),
      FinishTime: toWireTime(subtask.finish_at, NOT_YET),
      Input: subtask.input,
      ...output,
    },
    // Type and member go together by the table above.
  } as unknown as MediaProcessTaskResult;
}
