import type { EventType } from '@vodstack/protocol';

export interface TaskKind {
  /** As DescribeTasks and DescribeTaskDetail call it. */
  readonly taskType: string;
  readonly eventType: EventType;
  /** The member of DescribeTaskDetail's answer that holds what the event tells. */
  readonly detail: string;
}

/** Tasks whose end is notified and can be asked for (266/33431). Names follow no rule, hence a table. */
const taskKinds: readonly TaskKind[] = [
  { taskType: 'Procedure', eventType: 'ProcedureStateChanged', detail: 'ProcedureTask' },
  { taskType: 'EditMedia', eventType: 'EditMediaComplete', detail: 'EditMediaTask' },
  { taskType: 'SplitMedia', eventType: 'SplitMediaComplete', detail: 'SplitMediaTask' },
  { taskType: 'ComposeMedia', eventType: 'ComposeMediaComplete', detail: 'ComposeMediaTask' },
  { taskType: 'WechatPublish', eventType: 'WechatPublishComplete', detail: 'WechatPublishTask' },
  {
    taskType: 'WechatMiniProgramPublish',
    eventType: 'WechatMiniProgramPublishComplete',
    detail: 'WechatMiniProgramPublishTask',
  },
  { taskType: 'PullUpload', eventType: 'PullComplete', detail: 'PullUploadTask' },
  { taskType: 'RemoveWatermark', eventType: 'RemoveWatermark', detail: 'RemoveWatermarkTask' },
  { taskType: 'RebuildMedia', eventType: 'RebuildMediaComplete', detail: 'RebuildMediaTask' },
  { taskType: 'ReviewAudioVideo', eventType: 'ReviewAudioVideoComplete', detail: 'ReviewAudioVideoTask' },
  {
    taskType: 'ExtractTraceWatermark',
    eventType: 'ExtractTraceWatermarkComplete',
    detail: 'ExtractTraceWatermarkTask',
  },
  {
    taskType: 'ExtractCopyRightWatermark',
    eventType: 'ExtractCopyRightWatermarkComplete',
    detail: 'ExtractCopyRightWatermarkTask',
  },
  {
    taskType: 'DescribeFileAttributes',
    eventType: 'DescribeFileAttributesComplete',
    detail: 'DescribeFileAttributesTask',
  },
  { taskType: 'QualityInspect', eventType: 'QualityInspectComplete', detail: 'QualityInspectTask' },
  { taskType: 'QualityEnhance', eventType: 'QualityEnhanceComplete', detail: 'QualityEnhanceTask' },
];

export function taskKindOf(eventType: string): TaskKind | undefined {
  return taskKinds.find((kind) => kind.eventType === eventType);
}

export function taskKindNamed(taskType: string): TaskKind | undefined {
  return taskKinds.find((kind) => kind.taskType === taskType);
}
