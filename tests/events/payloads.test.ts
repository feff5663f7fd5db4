import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let listener: EventListener;
beforeAll(async () => {
  [stack, clip, listener] = await Promise.all([startQuietStack(), createClip(), startEventListener()]);
  await stack.client.ModifyEventConfig({
    NotificationUrl: listener.url,
    UploadMediaCompleteEventSwitch: 'ON',
  });
});
afterAll(async () => {
  await listener?.stop();
  await stack?.stop();
  await clip?.remove();
});

const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const number = expect.any(Number);

function metaData(): object {
  return {
    Size: clip.content.length,
    Container: 'mov,mp4,m4a,3gp,3g2,mj2',
    Bitrate: number,
    Height: 180,
    Width: 320,
    Duration: number,
    Rotate: 0,
    VideoDuration: number,
    AudioDuration: number,
    Md5: clip.md5,
    VideoStreamSet: [
      {
        Bitrate: number,
        Height: 180,
        Width: 320,
        Codec: 'h264',
        Fps: 25,
        CodecTag: '',
        DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
      },
    ],
    AudioStreamSet: [{ Bitrate: number, SamplingRate: 48_000, Codec: 'aac' }],
  };
}

function input(Definition: number): object {
  return {
    Definition,
    WatermarkSet: [],
    TraceWatermark: { Switch: '' },
    CopyRightWatermark: { Text: '' },
    MosaicSet: [],
    HeadTailSet: [],
    StartTimeOffset: 0,
    EndTimeOffset: 0,
  };
}

function failure(Definition: number): object {
  return {
    Type: 'Transcode',
    TranscodeTask: {
      Status: 'FAIL',
      ErrCode: 60000,
      ErrCodeExt: 'SourceFileError.ContentUnsupported',
      Message: 'not a media file: it is a text file',
      Progress: 0,
      BeginProcessTime: time,
      FinishTime: time,
      Input: input(Definition),
    },
  };
}

describe('NewFileUpload', () => {
  it('tells of a media in the documented fields', async () => {
    const { FileId, MediaUrl = '' } = await uploadFile(stack, clip.path, {
      MediaName: 'Clip',
      SourceContext: 'source',
      ExpireTime: '2099-12-31T23:59:59Z',
    });
    const [notification] = await listener.waitFor(FileId, 1);
    expect(notification?.content).toEqual({
      EventType: 'NewFileUpload',
      FileUploadEvent: {
        FileId,
        MediaBasicInfo: {
          Name: 'Clip',
          Description: '',
          CreateTime: time,
          UpdateTime: time,
          ExpireTime: '2099-12-31T23:59:59Z',
          ClassId: 0,
          ClassName: '其他',
          ClassPath: '其他',
          CoverUrl: '',
          Type: 'mp4',
          MediaUrl,
          TagSet: [],
          StorageRegion: 'ap-chongqing',
          StoragePath: new URL(MediaUrl).pathname,
          Category: 'Video',
          Status: 'Normal',
          StorageClass: 'STANDARD',
          SourceInfo: { SourceType: 'Upload', SourceContext: 'source' },
          Vid: FileId,
        },
        ProcedureTaskId: '',
        ReviewAudioVideoTaskId: '',
        MetaData: metaData(),
      },
    });
  });

  it('leaves out the metadata of what is no media', async () => {
    const { FileId } = await uploadFile(stack, await clip.write('note.mp4', 'A text.'));
    const [notification] = await listener.waitFor(FileId, 1);
    expect(notification?.body).not.toContain('MetaData');
    expect(notification?.body).not.toContain('null');
  });
});

describe('ProcedureStateChanged', () => {
  it('tells of a finished transcode in the documented fields', async () => {
    const { FileId, MediaUrl } = await uploadFile(stack, clip.path, { MediaName: 'Clip' });
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
      SessionContext: 'context',
      SessionId: 'session',
      TasksPriority: -10,
    });
    const [, notification] = await listener.waitFor(FileId, 2);
    const result = (Definition: number, Width: number, Height: number): object => ({
      Type: 'Transcode',
      TranscodeTask: {
        Status: 'SUCCESS',
        ErrCode: 0,
        ErrCodeExt: '',
        Message: 'SUCCESS',
        Progress: 100,
        BeginProcessTime: time,
        FinishTime: time,
        Input: input(Definition),
        Output: {
          Url: expect.stringMatching(new RegExp(`^${stack.url}/.*/v\\.f${Definition}\\.mp4$`)),
          Definition,
          Bitrate: number,
          Height,
          Width,
          Size: number,
          Duration: number,
          Container: 'mov,mp4,m4a,3gp,3g2,mj2',
          Md5: expect.stringMatching(/^[0-9a-f]{32}$/),
          VideoStreamSet: [
            {
              Bitrate: number,
              Height,
              Width,
              Codec: 'h264',
              Fps: 25,
              CodecTag: '',
              DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
            },
          ],
          AudioStreamSet: [{ Bitrate: number, SamplingRate: 44_100, Codec: 'aac' }],
          DigitalWatermarkType: 'None',
          CopyRightWatermarkText: '',
        },
      },
    });
    expect(notification?.content).toEqual({
      EventType: 'ProcedureStateChanged',
      ProcedureStateChangeEvent: {
        TaskId,
        Status: 'FINISH',
        ErrCode: 0,
        Message: 'SUCCESS',
        FileId,
        FileName: 'Clip',
        FileUrl: MediaUrl,
        MetaData: metaData(),
        MediaProcessResultSet: [result(100010, 640, 360), result(100020, 960, 540)],
        AiContentReviewResultSet: [],
        AiAnalysisResultSet: [],
        AiRecognitionResultSet: [],
        SessionContext: 'context',
        SessionId: 'session',
        TasksPriority: -10,
        TasksNotifyMode: 'Finish',
        Operator: '',
        OperationType: '',
      },
    });
  });

  it('has addresses that lead to the whole file when it arrives', async () => {
    const { FileId } = await uploadFile(stack, clip.path);
    await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    });
    const [, notification] = await listener.waitFor(FileId, 2);
    const output = JSON.parse(
      /"Output":(\{.*?"Md5":"[0-9a-f]+")/.exec(notification?.body ?? '')?.[1]?.concat('}') ?? '{}',
    ) as {
      Url: string;
      Size: number;
      Md5: string;
    };
    const response = await fetch(output.Url);
    expect(response.headers.get('content-length')).toBe(String(output.Size));
    expect(response.headers.get('etag')).toBe(`"${output.Md5}"`);
  });

  it('tells why a text that calls itself .mp4 could not be processed', async () => {
    const path = await clip.write('text.mp4', 'Not a film, a text.\n'.repeat(10));
    const { FileId, MediaUrl } = await uploadFile(stack, path, { MediaName: 'text' });
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
    });
    const [, notification] = await listener.waitFor(FileId, 2);
    expect(notification?.content).toEqual({
      EventType: 'ProcedureStateChanged',
      ProcedureStateChangeEvent: {
        TaskId,
        Status: 'FINISH',
        ErrCode: 0,
        Message: 'SUCCESS',
        FileId,
        FileName: 'text',
        FileUrl: MediaUrl,
        MediaProcessResultSet: [failure(100010), failure(100020)],
        AiContentReviewResultSet: [],
        AiAnalysisResultSet: [],
        AiRecognitionResultSet: [],
        SessionContext: '',
        SessionId: '',
        TasksPriority: 0,
        TasksNotifyMode: 'Finish',
        Operator: '',
        OperationType: '',
      },
    });
  });
});
