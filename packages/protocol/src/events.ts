import type {
  AdaptiveDynamicStreamingTaskInput,
  AiAnalysisResult,
  AiContentReviewResult,
  AiRecognitionResult,
  AnimatedGraphicTaskInput,
  CoverBySnapshotTaskInput,
  ImageSpriteTaskInput,
  MediaSubtitleItem,
  SampleSnapshotTaskInput,
  SnapshotByTimeOffsetTaskInput,
  TranscodeTaskInput,
} from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
import type { CallbackSign } from './callback-sign.ts';
import type { ErrCodeExt, TaskErrCode } from './err-code-ext.ts';

// What we emit, with the wire's spelling: https://cloud.tencent.com/document/product/266/33779. Every type here can be
// given to code that expects the SDK's type of that name, where all fields are optional; here those that real
// notifications carry are required. Members that would be null are left out. Times are ISO 8601 in UTC.

export interface MediaVideoStreamItem {
  /** bit/s */
  Bitrate: number;
  Height: number;
  Width: number;
  /** As ffprobe names it, e.g. `h264`. */
  Codec: string;
  /** Whole frames per second. */
  Fps: number;
  CodecTag?: string;
  DynamicRangeInfo?: { Type: 'SDR' | 'HDR'; HDRType: string };
}

export interface MediaAudioStreamItem {
  /** bit/s */
  Bitrate: number;
  /** Hz */
  SamplingRate: number;
  Codec: string;
}

/** What is known of a media file. Durations in seconds with fractions, sizes in bytes, bitrates in bit/s. */
export interface MediaMetaData {
  Size: number;
  /** ffprobe's name of the format, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  Container: string;
  Bitrate: number;
  Height: number;
  Width: number;
  Duration: number;
  /** Degrees by which a player turns the picture. */
  Rotate: number;
  VideoDuration: number;
  AudioDuration: number;
  /** Hex, or empty when it was not computed. */
  Md5: string;
  VideoStreamSet: MediaVideoStreamItem[];
  AudioStreamSet: MediaAudioStreamItem[];
}

export interface MediaSourceData {
  SourceType: 'Record' | 'Upload' | 'VideoProcessing' | 'TrtcRecord' | 'WebPageRecord' | 'Unknown';
  /** As given at the upload. */
  SourceContext: string;
}

export interface MediaBasicInfo {
  Name: string;
  Description: string;
  CreateTime: string;
  UpdateTime: string;
  /** `9999-12-31T23:59:59Z` for never. */
  ExpireTime: string;
  ClassId: number;
  ClassName: string;
  ClassPath: string;
  CoverUrl: string;
  /** Container by file extension, e.g. `mp4`. */
  Type: string;
  MediaUrl: string;
  SourceInfo: MediaSourceData;
  StorageRegion: string;
  StoragePath?: string;
  TagSet: string[];
  /** Equal to the FileId for uploads. */
  Vid: string;
  Category: 'Video' | 'Audio' | 'Image';
  Status: 'Normal' | 'SystemForbidden' | 'Forbidden';
  StorageClass: 'STANDARD' | 'STANDARD_IA' | 'ARCHIVE' | 'DEEP_ARCHIVE';
}

/** NewFileUpload. */
export interface FileUploadTask {
  /** 19 decimal digits: never a number. */
  FileId: string;
  MediaBasicInfo: MediaBasicInfo;
  /** Id of the task that the upload asked for, or empty. */
  ProcedureTaskId: string;
  ReviewAudioVideoTaskId: string;
  MetaData?: MediaMetaData;
}

export type SubTaskStatus = 'PROCESSING' | 'SUCCESS' | 'FAIL';

/** What every sub-task's result has; `Output` only when Status is SUCCESS. */
export interface SubTaskResult<Input, Output> {
  Status: SubTaskStatus;
  /** Empty on success. */
  ErrCodeExt: ErrCodeExt | '';
  ErrCode: TaskErrCode;
  Message: string;
  /** 0 … 100. */
  Progress: number;
  BeginProcessTime: string;
  FinishTime: string;
  Input: Input;
  Output?: Output;
}

/** One finished rendition. */
export interface MediaTranscodeItem {
  Url: string;
  Definition: number;
  /** bit/s */
  Bitrate: number;
  Height: number;
  Width: number;
  Size: number;
  Duration: number;
  Md5: string;
  Container: string;
  VideoStreamSet: MediaVideoStreamItem[];
  AudioStreamSet: MediaAudioStreamItem[];
  DigitalWatermarkType: 'None' | 'Trace' | 'CopyRight';
  CopyRightWatermarkText?: string;
  /** Only when the output became a media of its own. */
  FileId?: string;
}

export interface CoverBySnapshotTaskOutput {
  CoverUrl: string;
}

export interface MediaSnapshotByTimeOffsetItem {
  Definition: number;
  /** TimeOffset in milliseconds. */
  PicInfoSet: { TimeOffset: number; Url: string; WaterMarkDefinition: number[] }[];
}

export interface MediaSampleSnapshotItem {
  Definition: number;
  SampleType: 'Percent' | 'Time';
  /** Percent, or seconds. */
  Interval: number;
  ImageUrlSet: string[];
  WaterMarkDefinition: number[];
}

export interface MediaImageSpriteItem {
  Definition: number;
  /** Of one small picture. */
  Height: number;
  Width: number;
  TotalCount: number;
  ImageUrlSet: string[];
  WebVttUrl: string;
}

export interface MediaAnimatedGraphicsItem {
  Url: string;
  Definition: number;
  Container: string;
  Height: number;
  Width: number;
  Bitrate: number;
  Size: number;
  Md5: string;
  /** Seconds. */
  StartTimeOffset: number;
  EndTimeOffset: number;
}

export interface AdaptiveDynamicStreamingInfoItem {
  Definition: number;
  Package: 'HLS' | 'DASH';
  DrmType: string;
  Url: string;
  Size: number;
  DigitalWatermarkType: 'None' | 'Trace' | 'CopyRight';
  SubStreamSet: { Type: 'audio' | 'video'; Width: number; Height: number; Size: number }[];
  SubtitleSet?: MediaSubtitleItem[];
  DefaultSubtitleId?: string;
}

export type TranscodeResult = SubTaskResult<TranscodeTaskInput, MediaTranscodeItem>;
export type CoverBySnapshotResult = SubTaskResult<CoverBySnapshotTaskInput, CoverBySnapshotTaskOutput>;
export type SnapshotByTimeOffsetResult = SubTaskResult<
  SnapshotByTimeOffsetTaskInput,
  MediaSnapshotByTimeOffsetItem
>;
export type SampleSnapshotResult = SubTaskResult<SampleSnapshotTaskInput, MediaSampleSnapshotItem>;
export type ImageSpriteResult = SubTaskResult<ImageSpriteTaskInput, MediaImageSpriteItem>;
export type AnimatedGraphicResult = SubTaskResult<AnimatedGraphicTaskInput, MediaAnimatedGraphicsItem>;
export type AdaptiveDynamicStreamingResult = SubTaskResult<
  AdaptiveDynamicStreamingTaskInput,
  AdaptiveDynamicStreamingInfoItem
>;

/** One entry of MediaProcessResultSet. Type and member differ: ImageSprites → ImageSpriteTask, AnimatedGraphics → AnimatedGraphicTask. */
export type MediaProcessTaskResult =
  | { Type: 'Transcode'; TranscodeTask: TranscodeResult }
  | { Type: 'CoverBySnapshot'; CoverBySnapshotTask: CoverBySnapshotResult }
  | { Type: 'SnapshotByTimeOffset'; SnapshotByTimeOffsetTask: SnapshotByTimeOffsetResult }
  | { Type: 'SampleSnapshot'; SampleSnapshotTask: SampleSnapshotResult }
  | { Type: 'ImageSprites'; ImageSpriteTask: ImageSpriteResult }
  | { Type: 'AnimatedGraphics'; AnimatedGraphicTask: AnimatedGraphicResult }
  | { Type: 'AdaptiveDynamicStreaming'; AdaptiveDynamicStreamingTask: AdaptiveDynamicStreamingResult };

/** ProcedureStateChanged, and ProcedureTask of DescribeTaskDetail. FINISH says nothing of success: look at the results. */
export interface ProcedureTask {
  TaskId: string;
  Status: 'PROCESSING' | 'FINISH';
  /** Called deprecated by the reference, but receivers in the wild fail without it. */
  ErrCode: TaskErrCode;
  Message: string;
  FileId: string;
  FileName: string;
  FileUrl: string;
  MetaData?: MediaMetaData;
  MediaProcessResultSet: MediaProcessTaskResult[];
  AiContentReviewResultSet: AiContentReviewResult[];
  AiAnalysisResultSet: AiAnalysisResult[];
  AiRecognitionResultSet: AiRecognitionResult[];
  /** -10 … 10. */
  TasksPriority: number;
  TasksNotifyMode: 'Finish' | 'Change' | 'None' | '';
  SessionContext: string;
  SessionId: string;
  Operator?: string;
  OperationType?: string;
}

/** FileDeleted. */
export interface FileDeleteTask {
  FileIdSet: string[];
  FileDeleteResultInfo?: { FileId: string; DeleteParts: { Type: string; Definition: number }[] }[];
}

/** PullComplete: what PullUpload emits instead of NewFileUpload. */
export interface PullUploadTask {
  TaskId: string;
  Status: 'PROCESSING' | 'FINISH';
  ErrCode: TaskErrCode;
  Message: string;
  /** Empty, and the two members below absent, when the pull failed. */
  FileId: string;
  MediaBasicInfo?: MediaBasicInfo;
  MetaData?: MediaMetaData;
  FileUrl: string;
  ProcedureTaskId: string;
  ReviewAudioVideoTaskId: string;
  SessionContext: string;
  SessionId: string;
  Progress: number;
}

/** A notification as pushed: EventType and the one member of its event, with Sign and T when a SignKey is set. */
export type EventContent = (
  | { EventType: 'NewFileUpload'; FileUploadEvent: FileUploadTask }
  | { EventType: 'ProcedureStateChanged'; ProcedureStateChangeEvent: ProcedureTask }
  | { EventType: 'FileDeleted'; FileDeleteEvent: FileDeleteTask }
  | { EventType: 'PullComplete'; PullCompleteEvent: PullUploadTask }
) &
  Partial<CallbackSign>;

/** A notification as PullEvents returns it. */
export type PulledEvent = EventContent & { EventHandle: string };
