/**
 * EventType → the one member of EventContent that carries the event: https://cloud.tencent.com/document/product/266/33779.
 * A table, because the names follow no rule: `ProcedureStateChanged` sits in `ProcedureStateChangeEvent`.
 */
export const eventMembers = {
  NewFileUpload: 'FileUploadEvent',
  ProcedureStateChanged: 'ProcedureStateChangeEvent',
  FileDeleted: 'FileDeleteEvent',
  PullComplete: 'PullCompleteEvent',
  EditMediaComplete: 'EditMediaCompleteEvent',
  SplitMediaComplete: 'SplitMediaCompleteEvent',
  ComposeMediaComplete: 'ComposeMediaCompleteEvent',
  RestoreMediaComplete: 'RestoreMediaCompleteEvent',
  WechatMiniProgramPublishComplete: 'WechatMiniProgramPublishCompleteEvent',
  WechatPublishComplete: 'WechatPublishCompleteEvent',
  RemoveWatermark: 'RemoveWatermarkCompleteEvent',
  RebuildMediaComplete: 'RebuildMediaCompleteEvent',
  QualityEnhanceComplete: 'QualityEnhanceCompleteEvent',
  QualityInspectComplete: 'QualityInspectCompleteEvent',
  ReviewAudioVideoComplete: 'ReviewAudioVideoCompleteEvent',
  ExtractTraceWatermarkComplete: 'ExtractTraceWatermarkCompleteEvent',
  ExtractCopyRightWatermarkComplete: 'ExtractCopyRightWatermarkCompleteEvent',
  ExtractBlindWatermarkComplete: 'ExtractBlindWatermarkComplete',
  DescribeFileAttributesComplete: 'DescribeFileAttributesCompleteEvent',
  PersistenceComplete: 'PersistenceCompleteEvent',
  ComplexAdaptiveDynamicStreamingComplete: 'ComplexAdaptiveDynamicStreamingCompleteEvent',
  ProcessMediaByMPSComplete: 'ProcessMediaByMPSCompleteEvent',
  MediaCastStatusChanged: 'MediaCastStatusChangedEvent',
  AigcImageTaskComplete: 'AigcImageCompleteEvent',
  AigcVideoTaskComplete: 'AigcVideoCompleteEvent',
  SceneAigcImageCompleteEvent: 'SceneAigcImageCompleteEvent',
  ProcessImageAsyncCompleteEvent: 'ProcessImageAsyncCompleteEvent',
  CreateAigcAdvancedCustomElementCompleteEvent: 'CreateAigcAdvancedCustomElementCompleteEvent',
  CreateAigcCustomVoiceCompleteEvent: 'CreateAigcCustomVoiceCompleteEvent',
  DescribeAigcFaceInfoAsyncComplete: 'DescribeAigcFaceInfoAsyncCompleteEvent',
  ReduceMediaBitrateComplete: 'ReduceMediaBitrateCompleteEvent',
  // Only for jobs that were started through the API of 2017.
  TranscodeComplete: 'TranscodeCompleteEvent',
  ConcatComplete: 'ConcatCompleteEvent',
  ClipComplete: 'ClipCompleteEvent',
  CreateImageSpriteComplete: 'CreateImageSpriteCompleteEvent',
  CreateSnapshotByTimeOffsetComplete: 'SnapshotByTimeOffsetCompleteEvent',
} as const;

export type EventType = keyof typeof eventMembers;
export type EventMember = (typeof eventMembers)[EventType];

export function isEventType(name: string): name is EventType {
  return Object.hasOwn(eventMembers, name);
}
