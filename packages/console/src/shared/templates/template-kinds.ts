/** The families of templates: what their actions are called, and where a processing request lists them. */
export const TEMPLATE_KINDS = {
  transcode: { noun: 'TranscodeTemplate', taskSet: 'TranscodeTaskSet', extras: {} },
  adaptive: {
    noun: 'AdaptiveDynamicStreamingTemplate',
    taskSet: 'AdaptiveDynamicStreamingTaskSet',
    extras: {},
  },
  snapshot: {
    noun: 'SnapshotByTimeOffsetTemplate',
    taskSet: 'SnapshotByTimeOffsetTaskSet',
    extras: { ExtTimeOffsetSet: ['0%', '50%'] },
  },
  sample: { noun: 'SampleSnapshotTemplate', taskSet: 'SampleSnapshotTaskSet', extras: {} },
  sprite: { noun: 'ImageSpriteTemplate', taskSet: 'ImageSpriteTaskSet', extras: {} },
  animated: {
    noun: 'AnimatedGraphicsTemplate',
    taskSet: 'AnimatedGraphicTaskSet',
    extras: { StartTimeOffset: 0, EndTimeOffset: 3 },
  },
  watermark: { noun: 'WatermarkTemplate', taskSet: null, extras: {} },
} as const;

export type TemplateKind = keyof typeof TEMPLATE_KINDS;

export const KIND_NAMES = Object.keys(TEMPLATE_KINDS).filter(isTemplateKind);

export function isTemplateKind(value: unknown): value is TemplateKind {
  return typeof value === 'string' && Object.hasOwn(TEMPLATE_KINDS, value);
}
