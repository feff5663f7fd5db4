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
});
