import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { countTasks, type EventRow, findEvents, setTaskAge } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await stack.client.ModifyEventConfig({ Mode: 'PULL' });
  ({ FileId } = await uploadFile(stack, clip.path));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

const smallest = { TranscodeTaskSet: [{ Definition: 100010 }] };
/** Fails at once, without any work. */
const unknown = { TranscodeTaskSet: [{ Definition: 424242 }] };

async function finished(taskId: string | undefined): Promise<models.ProcedureTask> {
  return await eventually(`${taskId} is finished`, async () => {
    const detail = await stack.client.DescribeTaskDetail({ TaskId: taskId ?? '' });
    return detail.Status === 'FINISH' && detail.ProcedureTask;
  });
}

/** The states that events told of a task, first to last. */
async function reportedStates(taskId: string | undefined): Promise<{ status: string; subtasks: string[] }[]> {
  const events = await findEvents(stack, FileId);
  return events.map(readState).filter((event) => event.taskId === taskId);
}

function readState({ payload }: EventRow): { taskId: string; status: string; subtasks: string[] } {
  const { ProcedureStateChangeEvent: task } = JSON.parse(payload) as {
    ProcedureStateChangeEvent: models.ProcedureTask;
  };
  return {
    taskId: task.TaskId ?? '',
    status: task.Status ?? '',
    subtasks: (task.MediaProcessResultSet ?? []).map(({ TranscodeTask }) => TranscodeTask?.Status ?? ''),
  };
}

describe('ProcessMedia refuses', () => {
  it.each([
    [
      'a file that does not exist',
      { FileId: '5285000000000000000' },
      'InvalidParameterValue.FileId',
      '5285000000000000000',
    ],
    ['no file at all', { FileId: '' }, 'InvalidParameterValue.FileId', '`FileId`'],
    [
      'a SessionId of 51 characters',
      { SessionId: 'x'.repeat(51) },
      'InvalidParameterValue.SessionIdTooLong',
      'got 51',
    ],
    [
      'a SessionContext of 1001 characters',
      { SessionContext: 'x'.repeat(1001) },
      'InvalidParameterValue.SessionContextTooLong',
      'got 1001',
    ],
    ['a priority of 11', { TasksPriority: 11 }, 'InvalidParameterValue', '`TasksPriority`'],
    ['a priority of -11', { TasksPriority: -11 }, 'InvalidParameterValue', '`TasksPriority`'],
    ['an unknown notify mode', { TasksNotifyMode: 'Always' }, 'InvalidParameterValue', '`TasksNotifyMode`'],
    [
      'an empty task',
      { MediaProcessTask: {} },
      'InvalidParameterValue',
      '`MediaProcessTask.TranscodeTaskSet`',
    ],
    [
      'an empty list of templates',
      { MediaProcessTask: { TranscodeTaskSet: [] } },
      'InvalidParameterValue',
      'at least one entry',
    ],
    [
      'more templates than there are',
      { MediaProcessTask: { TranscodeTaskSet: Array.from({ length: 101 }, () => ({ Definition: 100010 })) } },
      'InvalidParameterValue',
      'got 101',
    ],
    [
      'a template below zero',
      { MediaProcessTask: { TranscodeTaskSet: [{ Definition: -1 }] } },
      'InvalidParameterValue',
      '`MediaProcessTask.TranscodeTaskSet.0.Definition`',
    ],
    ['an unknown application', { SubAppId: 4 }, 'InvalidParameterValue.SubAppId', '`SubAppId`'],
  ])('%s', async (_what, changes, code, named) => {
    const error = await errorOf(
      stack.client.ProcessMedia({ FileId, MediaProcessTask: smallest, ...changes }),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
  });

  it('nothing to do', async () => {
    const error = await errorOf(stack.client.ProcessMedia({ FileId }));
    expect(error.code).toBe('InvalidParameterValue');
    expect(error.message).toContain('TranscodeTaskSet');
  });

  it.each([
    [
      'a copyright watermark',
      {
        MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010, CopyRightWatermark: { Text: 'a' } }] },
      },
      '`MediaProcessTask.TranscodeTaskSet.0.CopyRightWatermark`',
    ],
    [
      'a tracing watermark',
      {
        MediaProcessTask: {
          AdaptiveDynamicStreamingTaskSet: [{ Definition: 10, TraceWatermark: { Switch: 'ON' } }],
        },
      },
      '`MediaProcessTask.AdaptiveDynamicStreamingTaskSet.0.TraceWatermark`',
    ],
    [
      'moderation',
      { MediaProcessTask: smallest, AiContentReviewTask: { Definition: 10 } },
      '`AiContentReviewTask`',
    ],
    ['analysis', { MediaProcessTask: smallest, AiAnalysisTask: { Definition: 10 } }, '`AiAnalysisTask`'],
    [
      'recognition',
      { MediaProcessTask: smallest, AiRecognitionTask: { Definition: 10 } },
      '`AiRecognitionTask`',
    ],
    [
      'a media of its own for each output',
      { MediaProcessTask: smallest, OutputAsIndependentMedia: 'ON' },
      '`OutputAsIndependentMedia`',
    ],
    ['a file from elsewhere', { MediaProcessTask: smallest, Url: 'http://example.com/a.mp4' }, '`Url`'],
  ])('%s, which it cannot do', async (_what, request, named) => {
    const error = await errorOf(stack.client.ProcessMedia({ FileId, ...request }));
    expect(error.code).toBe('UnsupportedOperation');
    expect(error.message).toContain(named);
  });

  it('a SessionId that was used before, and names the task that it started', async () => {
    const request = { FileId, MediaProcessTask: unknown, SessionId: 'once' };
    const { TaskId } = await stack.client.ProcessMedia(request);
    const error = await errorOf(stack.client.ProcessMedia(request));
    expect(error.code).toBe('InvalidParameterValue.SessionId');
    expect(error.message).toContain(TaskId);
    expect(await countTasks(stack, 'once')).toBe(1);
    await setTaskAge(stack, TaskId ?? '', 73);
    expect((await stack.client.ProcessMedia(request)).TaskId).not.toBe(TaskId);
  });

  it('nine of ten requests with one SessionId at once', async () => {
    const request = {
      FileId,
      MediaProcessTask: unknown,
      SessionId: 'x'.repeat(50),
      SessionContext: '文'.repeat(1000),
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => stack.client.ProcessMedia(request)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as { code: string }] : [],
    );
    expect(new Set(reasons.map(({ code }) => code))).toEqual(new Set(['InvalidParameterValue.SessionId']));
    expect(await countTasks(stack, 'x'.repeat(50))).toBe(1);
  });
});

describe('ProcessMedia starts a task', () => {
  it('whose id has the form of the cloud, as often as it is called without a SessionId', async () => {
    const request = { FileId, MediaProcessTask: unknown, SessionId: '' };
    const [first, second] = [
      await stack.client.ProcessMedia(request),
      await stack.client.ProcessMedia(request),
    ];
    const { appId } = stack.server.credentials;
    expect(first.TaskId).toMatch(new RegExp(`^${appId}-procedurev2-[0-9a-f]{32}t0$`));
    expect(second.TaskId).not.toBe(first.TaskId);
  });

  it('that makes what is known and fails what is not', async () => {
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }, { Definition: 100010 }] },
      SessionContext: 'context',
      SessionId: 'mixed',
      TasksPriority: 10,
    });
    const task = await finished(TaskId);
    expect(task).toMatchObject({
      TaskId,
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      FileId,
      SessionContext: 'context',
      SessionId: 'mixed',
      TasksPriority: 10,
      TasksNotifyMode: 'Finish',
    });
    const [failed, made] = task.MediaProcessResultSet ?? [];
    expect(failed?.TranscodeTask).toMatchObject({
      Status: 'FAIL',
      ErrCode: 40000,
      ErrCodeExt: 'InvalidInput.DefinitionNotExist',
      Input: { Definition: 424242 },
    });
    expect(failed?.TranscodeTask?.Message).toContain('424242');
    expect(failed?.TranscodeTask?.Output).toBeUndefined();
    expect(made?.TranscodeTask).toMatchObject({
      Status: 'SUCCESS',
      ErrCode: 0,
      ErrCodeExt: '',
      Message: 'SUCCESS',
      Progress: 100,
      Output: { Definition: 100010, Width: 640, Height: 360 },
    });
    expect(await reportedStates(TaskId)).toMatchObject([{ status: 'FINISH', subtasks: ['FAIL', 'SUCCESS'] }]);
  });

  it('that takes zeroes and empty lists for "nothing of this"', async () => {
    const input = {
      Definition: 424242,
      WatermarkSet: [],
      MosaicSet: [],
      HeadTailSet: [],
      StartTimeOffset: 0,
      EndTimeOffset: 0,
      TraceWatermark: { Switch: 'OFF' },
      CopyRightWatermark: { Text: '' },
    };
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [input], SnapshotByTimeOffsetTaskSet: [] },
      OutputAsIndependentMedia: 'OFF',
    });
    expect(TaskId).toBeDefined();
  });

  it('that reports its beginning and its end in the mode Change', async () => {
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: smallest,
      TasksNotifyMode: 'Change',
    });
    await finished(TaskId);
    expect(await reportedStates(TaskId)).toMatchObject([
      { status: 'PROCESSING', subtasks: ['PROCESSING'] },
      { status: 'FINISH', subtasks: ['SUCCESS'] },
    ]);
  });

  it('that reports nothing in the mode None', async () => {
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: unknown,
      TasksNotifyMode: 'None',
    });
    await finished(TaskId);
    expect(await reportedStates(TaskId)).toEqual([]);
  });

  it('with a sub-task for each entry when a template is named twice', async () => {
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100010 }] },
    });
    const { MediaProcessResultSet = [] } = await finished(TaskId);
    const urls = MediaProcessResultSet.map(({ TranscodeTask }) => TranscodeTask?.Output?.Url);
    expect(urls).toHaveLength(2);
    expect(new Set(urls).size).toBe(1);
    const response = await fetch(urls[0] ?? '');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('video/mp4');
  });
});
