import { invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { findEditTask, isEditKind } from '../edits/edit-task.ts';
import { findMedia, type MediaWithArtifacts } from '../media/media-repository.ts';
import { toWireTime } from '../media/wire-time.ts';
import { findPullTask } from '../pull/pull-task.ts';
import { toProcedureTask } from '../tasks/procedure-task.ts';
import { findTask, type TaskWithSubtasks } from '../tasks/task-repository.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import type { DescribeTaskDetailRequest } from './request-types.ts';

/** Tasks can be looked up for three days. */
export const VISIBLE_HOURS = 72;

/** The structures that other kinds of task would fill; the cloud sends them as null. */
const OTHER_KINDS = [
  'EditMediaTask',
  'WechatPublishTask',
  'ComposeMediaTask',
  'SplitMediaTask',
  'WechatMiniProgramPublishTask',
  'PullUploadTask',
  'TranscodeTask',
  'ConcatTask',
  'ClipTask',
  'CreateImageSpriteTask',
  'SnapshotByTimeOffsetTask',
  'RemoveWatermarkTask',
  'RebuildMediaTask',
  'ExtractTraceWatermarkTask',
  'ExtractCopyRightWatermarkTask',
  'ReviewAudioVideoTask',
  'ReduceMediaBitrateTask',
  'DescribeFileAttributesTask',
  'QualityInspectTask',
  'QualityEnhanceTask',
  'ComplexAdaptiveDynamicStreamingTask',
] as const;

/** One task with its sub-tasks, for three days from its creation (266/33431). */
export const describeTaskDetail: Action<DescribeTaskDetailRequest> = defineAction({
  name: 'DescribeTaskDetail',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const found = await findTask(context.db, request.TaskId);
    const oldest = context.clock().getTime() - VISIBLE_HOURS * 3600 * 1000;
    if (!found || found.task.sub_app_id !== subAppId || found.task.created_at.getTime() < oldest) {
      throw invalidParameterValue(
        'TaskId',
        `names no task of the last ${VISIBLE_HOURS} hours: ${JSON.stringify(request.TaskId.slice(0, 80))}.`,
      );
    }
    const { task } = found;
    const media = (await findMedia(context.db, subAppId, [task.file_id])).get(task.file_id);
    return {
      TaskType: task.kind,
      Status: task.status,
      CreateTime: toWireTime(task.created_at),
      BeginProcessTime: toWireTime(task.begin_at),
      FinishTime: toWireTime(task.finish_at),
      ProcedureTask: null,
      ...Object.fromEntries(OTHER_KINDS.map((kind) => [kind, null])),
      ...(await structureOf(context, found, media)),
    };
  },
});

async function structureOf(
  context: ActionContext,
  found: TaskWithSubtasks,
  media: MediaWithArtifacts | undefined,
): Promise<object> {
  const { task } = found;
  const { kind } = task;
  if (kind === 'PullUpload') return { PullUploadTask: await findPullTask(context, context.db, task) };
  if (isEditKind(kind)) {
    const member = kind === 'DescribeFileAttributesTask' ? kind : `${kind}Task`;
    return { [member]: await findEditTask(context, context.db, { ...task, kind }) };
  }
  return { ProcedureTask: toProcedureTask(found, media, context.publicUrl()) };
}
