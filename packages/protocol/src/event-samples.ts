import type { EventContent as SdkEventContent } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
import { eventMembers, type EventType } from './event-members.ts';

export interface SampleOptions {
  /** The media that the event tells of. */
  readonly fileId: string;
  readonly taskId: string;
  /** Where the sample's files would be, without a slash at the end. */
  readonly baseUrl: string;
  readonly at: Date;
}

type Content = { readonly [Type in EventType]: SdkEventContent[Member<Type>] };
type Member<Type extends EventType> = (typeof eventMembers)[Type] & keyof SdkEventContent;

/**
 * What the cloud would send for an event of this type, with plausible values: to try a receiver against types that nothing
 * here causes. The compiler holds every sample against the official SDK's type of that event.
 * @returns the message as JSON text: `EventType` and the one member of its event
 */
export function sampleEvent(type: EventType, options: SampleOptions): string {
  return JSON.stringify({ EventType: type, [eventMembers[type]]: sampleContents(options)[type] });
}

function sampleContents(options: SampleOptions): Content {
  const { fileId: FileId, taskId: TaskId, baseUrl } = options;
  const time = options.at.toISOString().replace(/\.\d+Z$/, 'Z');
  const url = (name: string): string => `${baseUrl}/${name}`;
  const session = { SessionId: '', SessionContext: '' };
  const done = { TaskId, Status: 'FINISH', ErrCode: 0, Message: 'SUCCESS' };
  const task = { ...done, ErrCodeExt: '', ...session };
  const progress = { ...task, Progress: 100 };
  const output = { FileType: 'mp4', FileId, FileUrl: url('output.mp4'), MediaName: 'output' };
  const metaData = sampleMetaData();
  const basicInfo = sampleBasicInfo(FileId, url('source.mp4'), time);
  return {
    NewFileUpload: {
      FileId,
      MediaBasicInfo: basicInfo,
      ProcedureTaskId: '',
      ReviewAudioVideoTaskId: '',
      MetaData: metaData,
    },
    ProcedureStateChanged: {
      ...done,
      ...session,
      FileId,
      FileName: 'sample',
      FileUrl: url('source.mp4'),
      MetaData: metaData,
      MediaProcessResultSet: [100010, 100020].map((Definition) => sampleTranscode(Definition, url, time)),
      AiContentReviewResultSet: [],
      AiAnalysisResultSet: [],
      AiRecognitionResultSet: [],
      TasksPriority: 0,
      TasksNotifyMode: 'Finish',
    },
    FileDeleted: {
      FileIdSet: [FileId],
      FileDeleteResultInfo: [{ FileId, DeleteParts: [] }],
    },
    PullComplete: {
      ...done,
      ...session,
      FileId,
      MediaBasicInfo: basicInfo,
      MetaData: metaData,
      FileUrl: url('source.mp4'),
      ProcedureTaskId: '',
      ReviewAudioVideoTaskId: '',
      Progress: 100,
    },
    EditMediaComplete: { ...progress, Output: output, MetaData: metaData, ProcedureTaskId: '' },
    SplitMediaComplete: { ...progress, FileInfoSet: [] },
    ComposeMediaComplete: {
      ...done,
      ...session,
      Progress: 100,
      Output: { ...output, ExpireTime: '9999-12-31T23:59:59Z' },
      MetaData: metaData,
    },
    RestoreMediaComplete: {
      FileId,
      OriginalStorageClass: 'ARCHIVE',
      TargetStorageClass: 'ARCHIVE',
      RestoreTier: 'Standard',
      RestoreDay: 3,
      Status: 0,
      Message: '',
    },
    WechatMiniProgramPublishComplete: { ...done, FileId, SourceDefinition: 0, PublishResult: 'Pass' },
    WechatPublishComplete: { ...done, FileId, WechatVid: '', WechatUrl: '' },
    RemoveWatermark: { ...task, Output: { FileId, FileType: 'mp4', FileUrl: url('output.mp4') } },
    RebuildMediaComplete: { ...progress, Output: { ...output }, MetaData: metaData },
    QualityEnhanceComplete: { ...progress, Output: output, MetaData: metaData },
    QualityInspectComplete: { ...task, Output: { NoAudio: 0, NoVideo: 0 } },
    ReviewAudioVideoComplete: { ...task, Output: { Suggestion: 'pass', Label: '', Form: '' } },
    ExtractTraceWatermarkComplete: {
      ...task,
      Input: { Url: url('source.mp4'), FileId },
      Output: { Uv: '' },
    },
    ExtractCopyRightWatermarkComplete: {
      ...task,
      Input: { Url: url('source.mp4') },
      Output: { Text: 'sample' },
    },
    ExtractBlindWatermarkComplete: {
      ...done,
      ...session,
      Type: 'blind-basic',
      IsDetected: false,
      Result: '',
    },
    DescribeFileAttributesComplete: {
      ...progress,
      FileId,
      Output: { Md5: 'd41d8cd98f00b204e9800998ecf8427e', Sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    },
    PersistenceComplete: { FileId, PersistenceSource: 'SimpleHlsClip' },
    ComplexAdaptiveDynamicStreamingComplete: {
      TaskId,
      Status: 'FINISH',
      ComplexAdaptiveDynamicStreamingTaskResultSet: [],
    },
    ProcessMediaByMPSComplete: { ...done, SubTaskSet: [] },
    MediaCastStatusChanged: { CastId: 'c-sample', Status: 'Working' },
    AigcImageTaskComplete: { ...progress, Output: { FileInfos: [] } },
    AigcVideoTaskComplete: { ...progress, Output: { FileInfos: [] } },
    SceneAigcImageCompleteEvent: { ...done, ...session, Progress: 100, Output: {} },
    ProcessImageAsyncCompleteEvent: {},
    CreateAigcAdvancedCustomElementCompleteEvent: progress,
    CreateAigcCustomVoiceCompleteEvent: progress,
    DescribeAigcFaceInfoAsyncComplete: progress,
    ReduceMediaBitrateComplete: {
      TaskId,
      Status: 'FINISH',
      ...session,
      FileId,
      FileName: 'sample',
      FileUrl: url('source.mp4'),
      MetaData: metaData,
      MediaProcessResultSet: [],
      TasksPriority: 0,
      TasksNotifyMode: 'Finish',
    },
    TranscodeComplete: {
      TaskId,
      ErrCode: 0,
      Message: '',
      FileId,
      FileName: 'sample',
      Duration: 10,
      CoverUrl: '',
      PlayInfoSet: [],
    },
    ConcatComplete: { TaskId, FileInfoSet: [] },
    ClipComplete: { TaskId, SrcFileId: FileId },
    CreateImageSpriteComplete: {
      TaskId,
      ErrCode: 0,
      Message: '',
      FileId,
      Definition: 10,
      TotalCount: 10,
      ImageSpriteUrlSet: [url('imageSprite_10_0.jpg')],
      WebVttUrl: url('imageSprite_10.vtt'),
    },
    CreateSnapshotByTimeOffsetComplete: { TaskId, FileId, Definition: 10, SnapshotInfoSet: [] },
  };
}

function sampleMetaData(): NonNullable<NonNullable<Content['NewFileUpload']>['MetaData']> {
  return {
    Size: 1_250_000,
    Container: 'mov,mp4,m4a,3gp,3g2,mj2',
    Bitrate: 1_000_000,
    Height: 720,
    Width: 1280,
    Duration: 10,
    Rotate: 0,
    VideoDuration: 10,
    AudioDuration: 10,
    Md5: '',
    VideoStreamSet: [{ Bitrate: 872_000, Height: 720, Width: 1280, Codec: 'h264', Fps: 25 }],
    AudioStreamSet: [{ Bitrate: 128_000, SamplingRate: 44_100, Codec: 'aac' }],
  };
}

function sampleBasicInfo(
  fileId: string,
  MediaUrl: string,
  time: string,
): NonNullable<NonNullable<Content['NewFileUpload']>['MediaBasicInfo']> {
  return {
    Name: 'sample',
    Description: '',
    CreateTime: time,
    UpdateTime: time,
    ExpireTime: '9999-12-31T23:59:59Z',
    ClassId: 0,
    ClassName: '其他',
    ClassPath: '其他',
    CoverUrl: '',
    Type: 'mp4',
    MediaUrl,
    SourceInfo: { SourceType: 'Upload', SourceContext: '' },
    StorageRegion: 'ap-chongqing',
    TagSet: [],
    Vid: fileId,
    Category: 'Video',
    Status: 'Normal',
    StorageClass: 'STANDARD',
  };
}

type ProcessResults = NonNullable<NonNullable<Content['ProcedureStateChanged']>['MediaProcessResultSet']>;

function sampleTranscode(
  Definition: number,
  url: (name: string) => string,
  time: string,
): ProcessResults[number] {
  return {
    Type: 'Transcode',
    TranscodeTask: {
      Status: 'SUCCESS',
      ErrCodeExt: '',
      ErrCode: 0,
      Message: 'SUCCESS',
      Progress: 100,
      BeginProcessTime: time,
      FinishTime: time,
      Input: { Definition, WatermarkSet: [], MosaicSet: [], HeadTailSet: [] },
      Output: { ...sampleMetaData(), Url: url(`v.f${Definition}.mp4`), Definition },
    },
  };
}
