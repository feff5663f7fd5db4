import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { listBlobs } from '../support/storage.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await stack.client.ModifyEventConfig({ DeleteMediaCompleteEventSwitch: 'ON' });
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

describe('DeleteMedia refuses', () => {
  it.each([
    ['no file', {}, 'MissingParameter'],
    ['a number for a file', { FileId: 5285 }, 'InvalidParameter'],
    ['an unknown file', { FileId: '5285000000000000000' }, 'ResourceNotFound'],
    ['an unknown application', { FileId: '1', SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
    ['an unknown part', { FileId: '1', DeleteParts: [{ Type: 'Covers' }] }, 'InvalidParameterValue'],
  ])('%s', async (_what, request, code) => {
    const error = await errorOf(stack.client.DeleteMedia(request as { FileId: string }));
    expect(error.code).toBe(code);
  });
});

describe('DeleteMedia', () => {
  it('removes a media with its files and address, and reports it', async () => {
    const media = await uploadFile(stack, clip.path);
    await stack.client.DeleteMedia({ FileId: media.FileId });
    const answer = await stack.client.DescribeMediaInfos({ FileIds: [media.FileId] });
    expect(answer.NotExistFileIdSet).toEqual([media.FileId]);
    expect((await fetch(media.MediaUrl ?? '')).status).toBe(404);
    expect((await listBlobs(stack)).filter((path) => path.includes(media.FileId))).toEqual([]);
    const events = await findEvents(stack, media.FileId);
    expect(events.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      {
        EventType: 'FileDeleted',
        FileDeleteEvent: {
          FileIdSet: [media.FileId],
          FileDeleteResultInfo: [{ FileId: media.FileId, DeleteParts: [] }],
        },
      },
    ]);
    expect((await errorOf(stack.client.DeleteMedia({ FileId: media.FileId }))).code).toBe('ResourceNotFound');
  });

  it('removes the original alone, after which processing fails', async () => {
    const { FileId, MediaUrl } = await uploadFile(stack, clip.path);
    await stack.client.DeleteMedia({ FileId, DeleteParts: [{ Type: 'OriginalFiles' }] });
    expect((await fetch(MediaUrl ?? '')).status).toBe(404);
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({ Name: 'clip', MediaUrl: '' });
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    });
    const task = await awaitTask(TaskId);
    expect(task.ProcedureTask?.MediaProcessResultSet?.[0]?.TranscodeTask).toMatchObject({
      Status: 'FAIL',
      ErrCodeExt: 'SourceFileError.DownloadNotAccessible',
    });
  });

  it('removes the renditions of one definition and keeps the others', async () => {
    const { FileId } = await uploadFile(stack, clip.path);
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
    });
    await awaitTask(TaskId);
    await stack.client.DeleteMedia({
      FileId,
      DeleteParts: [{ Type: 'TranscodeFiles', Definition: 100010 }],
    });
    expect(await definitionsOf(FileId)).toEqual([0, 100020]);
    await stack.client.DeleteMedia({ FileId, DeleteParts: [{ Type: 'TranscodeFiles', Definition: 0 }] });
    expect(await definitionsOf(FileId)).toEqual([0]);
  });
});

describe('DeleteMedia of an adaptive stream', () => {
  it('removes every playlist and segment of it, and nothing else', async () => {
    const { FileId, MediaUrl } = await uploadFile(stack, clip.path);
    const { TaskId } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }, { Definition: 12 }] },
    });
    await awaitTask(TaskId);
    const [first, other] = await streamsOf(FileId);
    const before = await listBlobs(stack);
    const DeleteParts = [{ Type: 'AdaptiveDynamicStreamingFiles', Definition: 10 }];
    await stack.client.DeleteMedia({ FileId, DeleteParts });
    expect(await streamsOf(FileId)).toEqual([other]);
    expect((await fetch(first?.Url ?? '')).status).toBe(404);
    expect((await fetch(other?.Url ?? '')).status).toBe(200);
    expect((await fetch(MediaUrl ?? '')).status).toBe(200);
    const { pool } = await stack.openDatabase();
    const { rows } = await pool.query(
      `select distinct definition from vod.artifact where file_id = $1 and kind <> 'Source' and definition > 0`,
      [FileId],
    );
    expect(rows).toEqual([{ definition: 12 }]);
    const after = await listBlobs(stack);
    // At least the master playlist, one level's playlist and one segment.
    expect(before.length - after.length).toBeGreaterThanOrEqual(3);
  });
});

describe('A media past its ExpireTime', () => {
  it('is deleted and reported as by DeleteMedia', async () => {
    const ExpireTime = new Date(Date.now() + 5000).toISOString();
    const { FileId, MediaUrl } = await uploadFile(stack, clip.path, { ExpireTime });
    await eventually('the media is gone', async () => {
      const { NotExistFileIdSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
      return NotExistFileIdSet?.length === 1;
    });
    expect((await fetch(MediaUrl ?? '')).status).toBe(404);
    expect((await findEvents(stack, FileId)).map(({ type }) => type)).toEqual(['FileDeleted']);
  });
});

async function definitionsOf(fileId: string): Promise<(number | undefined)[]> {
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
  const set = MediaInfoSet?.[0]?.TranscodeInfo?.TranscodeSet ?? [];
  return set.map(({ Definition }) => Definition);
}

async function streamsOf(fileId: string): Promise<models.AdaptiveDynamicStreamingInfoItem[]> {
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
  return MediaInfoSet?.[0]?.AdaptiveDynamicStreamingInfo?.AdaptiveDynamicStreamingSet ?? [];
}

async function awaitTask(TaskId = ''): Promise<models.DescribeTaskDetailResponse> {
  return await eventually('the task is finished', async () => {
    const task = await stack.client.DescribeTaskDetail({ TaskId });
    return task.Status === 'FINISH' && task;
  });
}
