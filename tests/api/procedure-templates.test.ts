import { readFile } from 'node:fs/promises';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { putObject, uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await stack.client.ModifyEventConfig({ Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
  ({ FileId } = await uploadFile(stack, clip.path));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

/** Fails at once, without any work. */
const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 424242 }] };

async function describeOne(name: string): Promise<models.ProcedureTemplate | undefined> {
  const { ProcedureTemplateSet = [] } = await stack.client.DescribeProcedureTemplates({ Names: [name] });
  return ProcedureTemplateSet[0];
}

async function taskOf(TaskId = ''): Promise<models.ProcedureTask> {
  return (await stack.client.DescribeTaskDetail({ TaskId })).ProcedureTask ?? {};
}

describe('CreateProcedureTemplate', () => {
  it.each<[string, Partial<models.CreateProcedureTemplateRequest>, string]>([
    ['an empty name', { Name: '' }, 'InvalidParameter'],
    ['a name of 21 characters', { Name: '文'.repeat(21) }, 'InvalidParameter'],
    ['a comment of 257 characters', { Comment: 'x'.repeat(257) }, 'InvalidParameter'],
    ['nothing to do', { MediaProcessTask: {} }, 'InvalidParameterValue'],
    ['analysis', { AiAnalysisTask: { Definition: 10 } }, 'UnsupportedOperation'],
    ['the name of a preset', { Name: 'LongVideoPreset' }, 'InvalidParameter.ExistedProcedureName'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('refuses %s', async (_what, changes, code) => {
    const request = { Name: 'refused', MediaProcessTask, ...changes };
    expect((await errorOf(stack.client.CreateProcedureTemplate(request))).code).toBe(code);
  });

  it('keeps a procedure under a name of 20 characters, with every list and the time of Beijing', async () => {
    const Name = '文'.repeat(20);
    await stack.client.CreateProcedureTemplate({ Name, Comment: 'comment', MediaProcessTask });
    const template = await describeOne(Name);
    expect(template).toMatchObject({
      Name,
      Type: 'Custom',
      Comment: 'comment',
      MediaProcessTask: {
        TranscodeTaskSet: [{ Definition: 424242, WatermarkSet: [] }],
        SampleSnapshotTaskSet: [],
      },
    });
    expect(template?.CreateTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
    expect(Math.abs(Date.parse(template?.CreateTime ?? '') - Date.now())).toBeLessThan(60_000);
    const again = await errorOf(stack.client.CreateProcedureTemplate({ Name, MediaProcessTask }));
    expect(again.code).toBe('InvalidParameter.ExistedProcedureName');
  });

  it('stops at 50 of an application’s own', async () => {
    const { TotalCount = 0 } = await stack.client.DescribeProcedureTemplates({ Type: 'Custom' });
    const names = Array.from({ length: 50 - TotalCount }, (_, index) => `many ${index}`);
    for (const Name of names) await stack.client.CreateProcedureTemplate({ Name, MediaProcessTask });
    const error = await errorOf(stack.client.CreateProcedureTemplate({ Name: 'one more', MediaProcessTask }));
    expect(error.code).toBe('LimitExceeded');
    for (const Name of names) await stack.client.DeleteProcedureTemplate({ Name });
  });
});

describe('ResetProcedureTemplate', () => {
  it('replaces all of a procedure', async () => {
    await stack.client.CreateProcedureTemplate({ Name: 'reset', Comment: 'old', MediaProcessTask });
    await stack.client.ResetProcedureTemplate({
      Name: 'reset',
      MediaProcessTask: { ImageSpriteTaskSet: [{ Definition: 10 }] },
    });
    expect(await describeOne('reset')).toMatchObject({
      Comment: '',
      MediaProcessTask: { TranscodeTaskSet: [], ImageSpriteTaskSet: [{ Definition: 10 }] },
    });
  });

  it.each(['nobody', 'LongVideoPreset'])(
    'refuses %s, which is none of the application’s own',
    async (Name) => {
      const error = await errorOf(stack.client.ResetProcedureTemplate({ Name, MediaProcessTask }));
      expect(error.code).toBe('InvalidParameter.ProcedureNameNotExist');
    },
  );
});

describe('DeleteProcedureTemplate', () => {
  it('deletes a procedure once', async () => {
    await stack.client.CreateProcedureTemplate({ Name: 'delete', MediaProcessTask });
    await stack.client.DeleteProcedureTemplate({ Name: 'delete' });
    expect(await describeOne('delete')).toBeUndefined();
    const error = await errorOf(stack.client.DeleteProcedureTemplate({ Name: 'delete' }));
    expect(error.code).toBe('InvalidParameter');
  });
});

describe('DescribeProcedureTemplates', () => {
  it('shows the presets', async () => {
    const { TotalCount, ProcedureTemplateSet = [] } = await stack.client.DescribeProcedureTemplates({
      Type: 'Preset',
    });
    expect(TotalCount).toBe(3);
    expect(ProcedureTemplateSet.map(({ Name }) => Name)).toEqual([
      'LongVideoPreset',
      'SimpleAesEncryptPreset',
      'WidevineFairPlayPreset',
    ]);
  });

  it('pages', async () => {
    const { TotalCount, ProcedureTemplateSet } = await stack.client.DescribeProcedureTemplates({
      Type: 'Preset',
      Offset: 2,
      Limit: 1,
    });
    expect(TotalCount).toBe(3);
    expect(ProcedureTemplateSet).toMatchObject([{ Name: 'WidevineFairPlayPreset' }]);
  });

  it.each<[string, models.DescribeProcedureTemplatesRequest, string]>([
    ['101 names', { Names: Array.from({ length: 101 }, () => 'x') }, 'InvalidParameterValue.Names'],
    ['an unknown type', { Type: 'Mine' }, 'InvalidParameterValue.Type'],
    ['a page of 101', { Limit: 101 }, 'InvalidParameterValue.Limit'],
  ])('refuses %s', async (_what, request, code) => {
    expect((await errorOf(stack.client.DescribeProcedureTemplates(request))).code).toBe(code);
  });
});

describe('ProcessMediaByProcedure', () => {
  it('starts what the procedure names', async () => {
    await stack.client.CreateProcedureTemplate({ Name: 'start', MediaProcessTask });
    const { TaskId, ReviewAudioVideoTaskId } = await stack.client.ProcessMediaByProcedure({
      FileId,
      ProcedureName: 'start',
      SessionContext: 'context',
      TasksPriority: 3,
    });
    expect(ReviewAudioVideoTaskId).toBe('');
    expect(await taskOf(TaskId)).toMatchObject({
      SessionContext: 'context',
      TasksPriority: 3,
      MediaProcessResultSet: [{ Type: 'Transcode', TranscodeTask: { Input: { Definition: 424242 } } }],
    });
  });

  it('starts a preset', async () => {
    const { TaskId } = await stack.client.ProcessMediaByProcedure({
      FileId,
      ProcedureName: 'LongVideoPreset',
      TasksNotifyMode: 'None',
    });
    const { MediaProcessResultSet = [] } = await taskOf(TaskId);
    expect(MediaProcessResultSet.map(({ Type }) => Type)).toEqual([
      'ImageSprites',
      'CoverBySnapshot',
      'AdaptiveDynamicStreaming',
    ]);
  });

  it.each<[string, Partial<models.ProcessMediaByProcedureRequest>, string]>([
    ['an unknown procedure', { ProcedureName: 'nobody' }, 'InvalidParameterValue.ProcedureName'],
    ['an unknown file', { FileId: '1' }, 'InvalidParameterValue.FileId'],
    ['a long SessionId', { SessionId: 'x'.repeat(51) }, 'InvalidParameterValue.SessionIdTooLong'],
    [
      'a long SessionContext',
      { SessionContext: 'x'.repeat(1001) },
      'InvalidParameterValue.SessionContextTooLong',
    ],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('refuses %s', async (_what, changes, code) => {
    const request = { FileId, ProcedureName: 'LongVideoPreset', ...changes };
    expect((await errorOf(stack.client.ProcessMediaByProcedure(request))).code).toBe(code);
  });

  it('refuses a SessionId for seven days', async () => {
    const request = {
      FileId,
      ProcedureName: 'QCVB_SimpleProcessFile(424242)',
      SessionId: 'seven days',
    };
    const { TaskId = '' } = await stack.client.ProcessMediaByProcedure(request);
    const { pool } = await stack.openDatabase();
    const age = (days: number) =>
      pool.query(`update vod.task set created_at = now() - make_interval(days => $2) where task_id = $1`, [
        TaskId,
        days,
      ]);
    await age(6);
    expect((await errorOf(stack.client.ProcessMediaByProcedure(request))).code).toBe(
      'InvalidParameterValue.SessionId',
    );
    await age(8);
    expect((await stack.client.ProcessMediaByProcedure(request)).TaskId).not.toBe(TaskId);
  });
});

describe('An upload with a procedure', () => {
  it('starts it, names the task in NewFileUpload and hands its context on', async () => {
    await stack.client.CreateProcedureTemplate({ Name: 'upload', MediaProcessTask });
    const { FileId: fileId } = await uploadFile(stack, clip.path, {
      Procedure: 'upload',
      SessionContext: 'of the upload',
    });
    const [event] = await findEvents(stack, fileId);
    const { FileUploadEvent } = JSON.parse(event?.payload ?? '{}') as models.EventContent;
    expect(await taskOf(FileUploadEvent?.ProcedureTaskId)).toMatchObject({
      FileId: fileId,
      SessionContext: 'of the upload',
      MediaProcessResultSet: [{ TranscodeTask: { Input: { Definition: 424242 } } }],
    });
  });

  it('may name the work itself, as before 2018', async () => {
    const { FileId: fileId } = await uploadFile(stack, clip.path, {
      Procedure: 'QCVB_SimpleProcessFile({9001, 9002},150,9003,9004)',
    });
    const [event] = await findEvents(stack, fileId);
    const { FileUploadEvent } = JSON.parse(event?.payload ?? '{}') as models.EventContent;
    const { MediaProcessResultSet } = await taskOf(FileUploadEvent?.ProcedureTaskId);
    expect(MediaProcessResultSet).toMatchObject([
      { TranscodeTask: { Input: { Definition: 9001, WatermarkSet: [{ Definition: 150 }] } } },
      { TranscodeTask: { Input: { Definition: 9002, WatermarkSet: [{ Definition: 150 }] } } },
      { SampleSnapshotTask: { Input: { Definition: 9004 } } },
      { CoverBySnapshotTask: { Input: { Definition: 9003, PositionType: 'Time', PositionValue: 0 } } },
    ]);
  });

  it('is an upload without a task when the procedure has been deleted since', async () => {
    await stack.client.CreateProcedureTemplate({ Name: 'gone', MediaProcessTask });
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4', Procedure: 'gone' });
    await stack.client.DeleteProcedureTemplate({ Name: 'gone' });
    const bytes = await readFile(clip.path);
    expect((await putObject(stack.url, session, bytes, bytes.length)).status).toBe(200);
    const { FileId: fileId = '' } = await stack.client.CommitUpload({
      VodSessionKey: session.VodSessionKey ?? '',
    });
    const [event] = await findEvents(stack, fileId);
    const { FileUploadEvent } = JSON.parse(event?.payload ?? '{}') as models.EventContent;
    expect(FileUploadEvent).toMatchObject({ FileId: fileId, ProcedureTaskId: '' });
  });
});
