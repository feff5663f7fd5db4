import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
let TaskId: string;
let SubAppId: number;

beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  ({ FileId } = await uploadFile(stack, clip.path));
  ({ TaskId = '' } = await stack.client.ProcessMedia({
    FileId,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
  }));
  ({ SubAppId = 0 } = await stack.client.CreateSubAppId({ Name: 'second', Description: 'another' }));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

describe('Applications', () => {
  it('get an id of ten digits and are described', async () => {
    expect(String(SubAppId)).toMatch(/^15\d{8}$/);
    const { SubAppIdInfoSet, TotalCount } = await stack.client.DescribeSubAppIds({ Name: 'second' });
    expect(TotalCount).toBe(1);
    expect(SubAppIdInfoSet).toMatchObject([
      { SubAppId, SubAppIdName: 'second', Description: 'another', Status: 'On', Mode: 'fileid', Tags: [] },
    ]);
  });

  it.each([
    ['no name', { Name: '' }, 'InvalidParameterValue.Name'],
    ['a name of 41', { Name: 'x'.repeat(41) }, 'InvalidParameterValue.Name'],
    ['a long description', { Name: 'x', Description: 'x'.repeat(301) }, 'InvalidParameterValue.Description'],
    ['an unknown mode', { Name: 'x', Mode: 'path' }, 'InvalidParameterValue'],
  ])('are not made with %s', async (_what, request, code) => {
    expect((await errorOf(stack.client.CreateSubAppId(request))).code).toBe(code);
  });

  it('are renamed, keeping what was not given', async () => {
    const { SubAppId: id = 0 } = await stack.client.CreateSubAppId({ Name: 'old', Description: 'kept' });
    await stack.client.ModifySubAppIdInfo({ SubAppId: id, Name: 'new' });
    const { SubAppIdInfoSet } = await stack.client.DescribeSubAppIds({ Name: 'new' });
    expect(SubAppIdInfoSet).toMatchObject([{ SubAppId: id, Description: 'kept' }]);
    await stack.client.ModifySubAppIdStatus({ SubAppId: id, Status: 'Off' });
    const upload = stack.client.ApplyUpload({ MediaType: 'mp4', SubAppId: id });
    expect((await errorOf(upload)).code).toBe('FailedOperation.InvalidVodUser');
    expect((await stack.client.DescribeTasks({ SubAppId: id })).TaskSet).toEqual([]);
    await stack.client.ModifySubAppIdStatus({ SubAppId: id, Status: 'Destroyed' });
    const gone = await errorOf(stack.client.DescribeTasks({ SubAppId: id }));
    expect(gone.code).toBe('InvalidParameterValue.SubAppId');
  });

  it('may be named by a number in a text, as form requests do', async () => {
    const client = stack.createClient({ signMethod: 'HmacSHA256' });
    expect((await client.DescribeTasks({ SubAppId })).TaskSet).toEqual([]);
    expect((await client.DescribeTasks({ SubAppId: 0 })).TaskSet).toHaveLength(1);
  });
});

describe('Another application sees nothing of', () => {
  it('a media', async () => {
    const answer = await stack.client.DescribeMediaInfos({ FileIds: [FileId], SubAppId });
    expect(answer).toMatchObject({ MediaInfoSet: [], NotExistFileIdSet: [FileId] });
    const work = { TranscodeTaskSet: [{ Definition: 100010 }] };
    const refused = stack.client.ProcessMedia({ FileId, SubAppId, MediaProcessTask: work });
    expect((await errorOf(refused)).code).toBe('InvalidParameterValue.FileId');
  });

  it('a task', async () => {
    const refused = await errorOf(stack.client.DescribeTaskDetail({ TaskId, SubAppId }));
    expect(refused.code).toBe('InvalidParameterValue.TaskId');
    expect((await stack.client.DescribeTasks({ FileId, SubAppId })).TaskSet).toEqual([]);
  });

  it('an upload', async () => {
    const { VodSessionKey = '' } = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const refused = await errorOf(stack.client.CommitUpload({ VodSessionKey, SubAppId }));
    expect(refused.code).toBe('InvalidParameterValue.VodSessionKey');
  });

  it('events and their settings', async () => {
    await stack.client.ModifyEventConfig({ SubAppId, Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
    const own = await stack.client.DescribeEventConfig({});
    expect(own).toMatchObject({ Mode: 'PUSH', UploadMediaCompleteEventSwitch: 'OFF' });
    expect((await stack.client.DescribeEventConfig({ SubAppId })).Mode).toBe('PULL');
  });

  it('an event, nor confirms one', async () => {
    const { SubAppId: id = 0 } = await stack.client.CreateSubAppId({ Name: 'events' });
    const settings = { Mode: 'PULL', DeleteMediaCompleteEventSwitch: 'ON' };
    await stack.client.ModifyEventConfig({ SubAppId: id, ...settings });
    await stack.client.ModifyEventConfig({ SubAppId, ...settings });
    const { FileId: deleted } = await uploadFile(stack, clip.path, { SubAppId: id });
    await stack.client.DeleteMedia({ FileId: deleted, SubAppId: id });
    const { EventSet = [] } = await stack.client.PullEvents({ SubAppId: id });
    const handles = EventSet.map(({ EventHandle }) => EventHandle ?? '');
    expect(EventSet).toMatchObject([{ EventType: 'FileDeleted' }]);
    expect((await errorOf(stack.client.PullEvents({ SubAppId }))).code).toBe('ResourceNotFound');
    await stack.client.ConfirmEvents({ SubAppId, EventHandles: handles }).catch(() => undefined);
    expect((await stack.client.DescribeEventsState({ SubAppId: id })).CountOfEventsToPull).toBe(1);
    await stack.client.ConfirmEvents({ SubAppId: id, EventHandles: handles });
    expect((await stack.client.DescribeEventsState({ SubAppId: id })).CountOfEventsToPull).toBe(0);
  });

  it('a template, nor works by it', async () => {
    const { Definition = 0 } = await stack.client.CreateTranscodeTemplate({
      Container: 'mp4',
      Name: 'own',
      VideoTemplate: { Codec: 'libx264', Fps: 0, Bitrate: 0 },
      AudioTemplate: { Codec: 'libfdk_aac', Bitrate: 0, SampleRate: 44_100 },
    });
    const listed = await stack.client.DescribeTranscodeTemplates({ Definitions: [Definition], SubAppId });
    expect(listed.TotalCount).toBe(0);
    const changed = stack.client.ModifyTranscodeTemplate({ Definition, Name: 'taken', SubAppId });
    expect((await errorOf(changed)).code).toMatch(/^(InvalidParameterValue|ResourceNotFound)/);
    const deleted = stack.client.DeleteTranscodeTemplate({ Definition, SubAppId });
    expect((await errorOf(deleted)).code).toMatch(/^(InvalidParameterValue|ResourceNotFound)/);
    const { TranscodeTemplateSet } = await stack.client.DescribeTranscodeTemplates({
      Definitions: [Definition],
    });
    expect(TranscodeTemplateSet).toMatchObject([{ Name: 'own' }]);
  });

  it('a procedure', async () => {
    const Name = 'onlyhere';
    await stack.client.CreateProcedureTemplate({
      Name,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    });
    const listed = await stack.client.DescribeProcedureTemplates({ Names: [Name], SubAppId });
    expect(listed.TotalCount).toBe(0);
    const deleted = stack.client.DeleteProcedureTemplate({ Name, SubAppId });
    expect((await errorOf(deleted)).code).toBe('InvalidParameter');
  });

  it('a class, nor moves a media into it', async () => {
    const { ClassId = 0 } = await stack.client.CreateClass({ ParentId: -1, ClassName: 'own' });
    const { ClassInfoSet = [] } = await stack.client.DescribeAllClass({ SubAppId });
    expect(ClassInfoSet.map((info) => info.ClassId)).not.toContain(ClassId);
    const refused = await Promise.all([
      errorOf(stack.client.ModifyClass({ ClassId, ClassName: 'taken', SubAppId })),
      errorOf(stack.client.DeleteClass({ ClassId, SubAppId })),
      errorOf(stack.client.ApplyUpload({ MediaType: 'mp4', ClassId, SubAppId })),
    ]);
    expect(refused.map(({ code }) => code)).toEqual([
      'FailedOperation.ClassNoFound',
      'InvalidParameterValue.ClassId',
      'InvalidParameterValue.ClassId',
    ]);
  });
});
