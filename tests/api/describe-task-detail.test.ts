import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { setTaskAge } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let media: Awaited<ReturnType<typeof uploadFile>>;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  media = await uploadFile(stack, clip.path, { MediaName: 'Clip' });
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function startTask(Definition: number): Promise<string> {
  const { TaskId } = await stack.client.ProcessMedia({
    FileId: media.FileId,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition }] },
  });
  return TaskId ?? '';
}

describe('DescribeTaskDetail refuses', () => {
  it.each([
    ['a task that does not exist', { TaskId: '1-procedurev2-0t0' }, 'InvalidParameterValue.TaskId'],
    ['an empty id', { TaskId: '' }, 'InvalidParameterValue.TaskId'],
    ['an unknown application', { TaskId: 'x', SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    const error = await errorOf(stack.client.DescribeTaskDetail(request));
    expect(error.code).toBe(code);
  });

  it('a task of more than three days ago', async () => {
    const TaskId = await startTask(424242);
    await stack.client.DescribeTaskDetail({ TaskId });
    await setTaskAge(stack, TaskId, 73);
    const error = await errorOf(stack.client.DescribeTaskDetail({ TaskId }));
    expect(error.code).toBe('InvalidParameterValue.TaskId');
    expect(error.message).toContain('72 hours');
  });
});

describe('DescribeTaskDetail tells', () => {
  it('a task from its creation on, in one of the documented states', async () => {
    const detail = await stack.client.DescribeTaskDetail({ TaskId: await startTask(424242) });
    expect(['WAITING', 'PROCESSING', 'FINISH']).toContain(detail.Status);
    expect(detail.CreateTime).toMatch(/^20.*Z$/);
    expect(detail.FinishTime).toMatch(/^(0001-01-01T00:00:00Z|20.*Z)$/);
  });

  it('all there is about a finished task, field by field', async () => {
    const TaskId = await startTask(100010);
    const detail = await eventually('the task is finished', async () => {
      const answer = await stack.client.DescribeTaskDetail({ TaskId });
      return answer.Status === 'FINISH' && answer;
    });
    const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { ProcedureTask, RequestId, ...rest } = detail;
    expect(RequestId).toMatch(/^[0-9a-f-]{36}$/);
    const { TaskType, Status, CreateTime, BeginProcessTime, FinishTime, ...others } = rest;
    expect({ TaskType, Status, CreateTime, BeginProcessTime, FinishTime }).toEqual({
      TaskType: 'Procedure',
      Status: 'FINISH',
      CreateTime: time,
      BeginProcessTime: time,
      FinishTime: time,
    });
    expect(Object.keys(others)).toContain('EditMediaTask');
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
    const stream = { Bitrate: expect.any(Number), Codec: 'h264', Fps: 25 };
    expect(ProcedureTask).toEqual({
      TaskId,
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      FileId: media.FileId,
      FileName: 'Clip',
      FileUrl: media.MediaUrl,
      MetaData: expect.objectContaining({ Width: 320, Height: 180, Md5: clip.md5 }),
      MediaProcessResultSet: [
        {
          Type: 'Transcode',
          TranscodeTask: {
            Status: 'SUCCESS',
            ErrCode: 0,
            ErrCodeExt: '',
            Message: 'SUCCESS',
            Progress: 100,
            BeginProcessTime: time,
            FinishTime: time,
            Input: {
              Definition: 100010,
              WatermarkSet: [],
              TraceWatermark: { Switch: '' },
              CopyRightWatermark: { Text: '' },
              MosaicSet: [],
              HeadTailSet: [],
              StartTimeOffset: 0,
              EndTimeOffset: 0,
            },
            Output: {
              Url: expect.stringContaining('/v.f100010.mp4'),
              Definition: 100010,
              Bitrate: expect.any(Number),
              Height: 360,
              Width: 640,
              Size: expect.any(Number),
              Duration: expect.closeTo(1, 0),
              Container: 'mov,mp4,m4a,3gp,3g2,mj2',
              Md5: expect.stringMatching(/^[0-9a-f]{32}$/),
              VideoStreamSet: [expect.objectContaining({ ...stream, Width: 640, Height: 360 })],
              AudioStreamSet: [{ Bitrate: expect.any(Number), Codec: 'aac', SamplingRate: 44_100 }],
              DigitalWatermarkType: 'None',
              CopyRightWatermarkText: '',
            },
          },
        },
      ],
      AiContentReviewResultSet: [],
      AiAnalysisResultSet: [],
      AiRecognitionResultSet: [],
      SessionContext: '',
      SessionId: '',
      TasksPriority: 0,
      TasksNotifyMode: 'Finish',
      Operator: '',
      OperationType: '',
    });
  });
});
