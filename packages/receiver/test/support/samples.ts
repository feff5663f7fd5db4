import type { FileUploadTask } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';

export const FILE_ID = '5285890784273533167';
export const TASK_ID = '1256768367-procedurev2-475b0b33c6a24a3a9ac5f9177f4ef1c1tt0';

const MEDIA_URL =
  'http://1256768367.vod2.myqcloud.com/8f5d6c6cvodcq1256768367/2a4d5285890784273533167/LPnDaDSF.mp4';

/** NewFileUpload as the docs print it: absent values are left out. */
export const newFileUpload: { readonly EventType: string; readonly FileUploadEvent: FileUploadTask } = {
  EventType: 'NewFileUpload',
  FileUploadEvent: {
    FileId: FILE_ID,
    MediaBasicInfo: {
      Name: 'holiday',
      Description: '',
      CreateTime: '2019-01-09T16:36:22Z',
      UpdateTime: '2019-01-09T16:36:24Z',
      ExpireTime: '9999-12-31T23:59:59Z',
      ClassId: 0,
      ClassName: '其他',
      ClassPath: '其他',
      CoverUrl: '',
      Type: 'mp4',
      MediaUrl:
        'http://1256768367.vod2.myqcloud.com/8f5d6c6cvodcq1256768367/2a4d5285890784273533167/LPnDaDSF.mp4',
      TagSet: [],
      StorageRegion: 'ap-chongqing',
      Category: 'Video',
      Status: 'Normal',
      StorageClass: 'STANDARD',
      SourceInfo: { SourceType: 'Upload', SourceContext: '' },
      Vid: '',
    },
    ProcedureTaskId: '',
    ReviewAudioVideoTaskId: '',
  },
};

const otherMembersAsNull: object = {
  EventHandle: null,
  FileDeleteEvent: null,
  PullCompleteEvent: null,
  EditMediaCompleteEvent: null,
  WechatPublishCompleteEvent: null,
};

/** The same with explicit nulls at the envelope and inside, as production pushes carry them. */
export const newFileUploadWithNulls: object = {
  ...newFileUpload,
  ...otherMembersAsNull,
  ProcedureStateChangeEvent: null,
  FileUploadEvent: { ...newFileUpload.FileUploadEvent, MetaData: null },
};

/** A subtask of type Transcode that went well. */
export function transcodeSuccess(definition: number): object {
  return {
    Type: 'Transcode',
    TranscodeTask: {
      Status: 'SUCCESS',
      ErrCode: 0,
      ErrCodeExt: '',
      Message: 'SUCCESS',
      Progress: 100,
      BeginProcessTime: '0000-00-00T00:00:00Z',
      FinishTime: '0000-00-00T00:00:00Z',
      Input: { Definition: definition, WatermarkSet: [], MosaicSet: [] },
      Output: {
        Url: `http://1256768367.vod2.myqcloud.com/8f5d6c6cvodtranscq1256768367/${FILE_ID}/v.f${definition}.mp4`,
        Definition: definition,
        Bitrate: 552218,
        Height: 540,
        Width: 960,
        Size: 4189073,
        Duration: 60.047,
        Container: 'mov,mp4,m4a,3gp,3g2,mj2',
        Md5: 'eff7031ad7877865f9a3240e9ab165ad',
        VideoStreamSet: [],
        AudioStreamSet: [],
      },
    },
    CoverBySnapshotTask: null,
    SnapshotByTimeOffsetTask: null,
  };
}

/** A subtask of type Transcode that failed: its output is an explicit null. */
export function transcodeFailure(definition: number): object {
  return {
    Type: 'Transcode',
    TranscodeTask: {
      Status: 'FAIL',
      ErrCode: 60000,
      ErrCodeExt: 'SourceFileError.NoVideoMedia',
      Message: 'the source has no video',
      Progress: 100,
      Input: { Definition: definition },
      Output: null,
    },
  };
}

export const coverResult = {
  Type: 'CoverBySnapshot',
  CoverBySnapshotTask: {
    Status: 'SUCCESS',
    ErrCode: 0,
    Message: 'SUCCESS',
    Input: { Definition: 10, PositionType: 'Time', PositionValue: 0, WatermarkSet: [] },
    Output: { CoverUrl: 'http://example.com/coverBySnapshot_10_0.jpg' },
  },
} as const;

/** ProcedureStateChanged with the given subtask results. */
export function procedureStateChanged(results: readonly object[] | null, overrides: object = {}): object {
  return {
    EventType: 'ProcedureStateChanged',
    ...otherMembersAsNull,
    FileUploadEvent: null,
    ProcedureStateChangeEvent: {
      TaskId: TASK_ID,
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      FileId: FILE_ID,
      FileName: 'holiday',
      FileUrl: MEDIA_URL,
      MetaData: { Size: 7700180, Container: 'mov,mp4,m4a,3gp,3g2,mj2', Duration: 60, AudioDuration: 59.99 },
      MediaProcessResultSet: results,
      AiContentReviewResultSet: [],
      SessionContext: '',
      SessionId: '',
      TasksPriority: 0,
      TasksNotifyMode: 'Finish',
      ...overrides,
    },
  };
}
