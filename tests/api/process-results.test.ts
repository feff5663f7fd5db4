import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { viewMedia } from '../support/console-api.ts';
import { eventually } from '../support/eventually.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  ({ FileId } = await uploadFile(stack, clip.path));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function process(MediaProcessTask: models.MediaProcessTaskInput): Promise<models.ProcedureTask> {
  const { TaskId = '' } = await stack.client.ProcessMedia({ FileId, MediaProcessTask });
  return await eventually(
    `${TaskId} is finished`,
    async () => {
      const detail = await stack.client.DescribeTaskDetail({ TaskId });
      return detail.Status === 'FINISH' && detail.ProcedureTask;
    },
    60_000,
  );
}

async function mediaInfo(): Promise<models.MediaInfo> {
  const { MediaInfoSet = [] } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
  return MediaInfoSet[0] ?? {};
}

async function download(url: string | undefined): Promise<{ type: string | null; text: string }> {
  const response = await fetch(url ?? '');
  expect(response.status).toBe(200);
  return { type: response.headers.get('content-type'), text: await response.text() };
}

/** The addresses of what a playlist names, read as a player does. */
function linesOf(playlist: string, base: string | undefined): string[] {
  const names = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return names.map((name) => new URL(name, base).href);
}

/** Of a task's first sub-task, one that takes snapshots. */
function urlsOf({ MediaProcessResultSet }: models.ProcedureTask): (string | undefined)[] {
  const output = MediaProcessResultSet?.[0]?.SnapshotByTimeOffsetTask?.Output;
  return output?.PicInfoSet?.map(({ Url }) => Url) ?? [];
}

describe('each kind of sub-task', () => {
  it('makes pictures that are served and listed', async () => {
    const task = await process({
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 50 }],
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0.2s', '50%'] }],
      SampleSnapshotTaskSet: [{ Definition: 10 }],
      ImageSpriteTaskSet: [{ Definition: 10 }],
      AnimatedGraphicTaskSet: [{ Definition: 20_000, StartTimeOffset: 0, EndTimeOffset: 1 }],
    });
    const results = task.MediaProcessResultSet ?? [];
    expect(results).toMatchObject([
      {
        Type: 'AnimatedGraphics',
        AnimatedGraphicTask: {
          Status: 'SUCCESS',
          Progress: 100,
          Output: { Definition: 20_000, Container: 'gif', Width: 320, Height: 180, EndTimeOffset: 1 },
        },
      },
      {
        Type: 'SnapshotByTimeOffset',
        SnapshotByTimeOffsetTask: {
          Status: 'SUCCESS',
          Output: {
            Definition: 10,
            PicInfoSet: [{ TimeOffset: 200 }, { TimeOffset: expect.closeTo(500, -2) }],
          },
        },
      },
      {
        Type: 'SampleSnapshot',
        SampleSnapshotTask: { Status: 'SUCCESS', Output: { SampleType: 'Percent', Interval: 10 } },
      },
      {
        Type: 'ImageSprites',
        ImageSpriteTask: { Status: 'SUCCESS', Output: { Width: 142, Height: 80, TotalCount: 1 } },
      },
      { Type: 'CoverBySnapshot', CoverBySnapshotTask: { Status: 'SUCCESS' } },
    ]);
    const sampled = results[2]?.SampleSnapshotTask?.Output?.ImageUrlSet ?? [];
    expect(sampled).toHaveLength(10);
    for (const url of sampled) expect((await download(url)).type).toBe('image/jpeg');
    const sprite = results[3]?.ImageSpriteTask?.Output;
    expect(await download(sprite?.WebVttUrl)).toMatchObject({
      type: 'text/vtt',
      text: expect.stringContaining('imageSprite_10_0.jpg#xywh=0,0,142,80'),
    });
    const cover = results[4]?.CoverBySnapshotTask?.Output?.CoverUrl;
    expect((await download(cover)).type).toBe('image/jpeg');
    const info = await mediaInfo();
    expect(info.BasicInfo?.CoverUrl).toBe(cover);
    expect(info.SampleSnapshotInfo?.SampleSnapshotSet?.[0]?.ImageUrlSet).toEqual(sampled);
    expect(info.ImageSpriteInfo?.ImageSpriteSet).toEqual([sprite]);
    expect(info.SnapshotByTimeOffsetInfo?.SnapshotByTimeOffsetSet).toHaveLength(1);
    expect(info.AnimatedGraphicsInfo?.AnimatedGraphicsSet).toHaveLength(1);
    expect(info.TranscodeInfo?.TranscodeSet?.map(({ Definition }) => Definition)).toEqual([0]);
  });

  it('replaces the earlier result of its definition, all files of it', async () => {
    const first = await process({
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0s', '0.3s', '0.6s'] }],
    });
    const second = await process({
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0.4s'] }],
    });
    const [, gone] = urlsOf(first);
    expect((await fetch(gone ?? '')).status).toBe(404);
    expect((await download(urlsOf(second)[0])).type).toBe('image/jpeg');
  });

  it('makes an adaptive playlist whose parts can be fetched, and one that is encrypted', async () => {
    const task = await process({ AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }, { Definition: 12 }] });
    const [clear, encrypted] = (task.MediaProcessResultSet ?? []).map(
      ({ AdaptiveDynamicStreamingTask }) => AdaptiveDynamicStreamingTask,
    );
    expect(clear).toMatchObject({
      Status: 'SUCCESS',
      Output: { Package: 'HLS', DrmType: '', SubStreamSet: [{ Type: 'video', Width: 320, Height: 180 }] },
    });
    const master = await download(clear?.Output?.Url);
    expect(master.type).toBe('application/vnd.apple.mpegurl');
    const [rung] = linesOf(master.text, clear?.Output?.Url);
    const [segment] = linesOf((await download(rung)).text, rung);
    expect((await download(segment)).type).toBe('video/mp2t');

    expect(encrypted?.Output).toMatchObject({ DrmType: 'SimpleAES' });
    const secret = await download(encrypted?.Output?.Url);
    const [secretRung] = linesOf(secret.text, encrypted?.Output?.Url);
    const [, keyId] =
      /URI="\/drm\/getkey\?fileId=\d+&keyId=([0-9a-f]{32})"/.exec((await download(secretRung)).text) ?? [];
    const { pool } = await stack.openDatabase();
    const { rows } = await pool.query(
      'select file_id, length(key) as bytes from vod.drm_key where key_id = $1',
      [keyId],
    );
    expect(rows).toEqual([{ file_id: FileId, bytes: 16 }]);
    const info = await mediaInfo();
    expect(
      info.AdaptiveDynamicStreamingInfo?.AdaptiveDynamicStreamingSet?.map(({ Definition }) => Definition),
    ).toEqual([10, 12]);
  });

  it('makes renditions of any container by its template', async () => {
    const task = await process({
      TranscodeTaskSet: [
        { Definition: 100_010 },
        { Definition: 100_210 },
        { Definition: 1010 },
        { Definition: 875 },
        { Definition: 100_810, StartTimeOffset: 0.5 },
      ],
    });
    const outputs = (task.MediaProcessResultSet ?? []).map(({ TranscodeTask }) => TranscodeTask?.Output);
    expect(outputs).toMatchObject([
      { Definition: 100_010, Width: 640, Height: 360 },
      { Definition: 100_210, Width: 640, Height: 360, Container: 'hls' },
      { Definition: 1010, Width: 0, Container: 'mp3' },
      { Definition: 875, Width: 320, Height: 180 },
      { Definition: 100_810, Width: 640, Duration: expect.closeTo(0.5, 1) },
    ]);
    expect(outputs.map((output) => output?.Url?.split('/').at(-1))).toEqual([
      'v.f100010.mp4',
      'v.f100210.m3u8',
      'v.f1010.mp3',
      'v.f875.mp4',
      'v.f100810.mp4',
    ]);
  });
});

describe('the plan of a task', () => {
  it('is shown by the console: one decode, and what is made from its results', async () => {
    const { TaskId } = await process({
      TranscodeTaskSet: [{ Definition: 100_010 }, { Definition: 100_210 }],
      ImageSpriteTaskSet: [{ Definition: 10 }],
    });
    const { tasks } = await viewMedia(stack.url, FileId);
    const plan = tasks.find(({ taskId }) => taskId === TaskId)?.plan ?? [];
    expect(plan).toMatchObject([
      { name: 'shared', subtasks: [0, 1], after: [], inputs: ['source'] },
      { name: 'Transcode-100210-1', subtasks: [1], after: ['shared'], inputs: ['../shared/v.f100010.mp4'] },
      { name: 'ImageSprites-10-2', subtasks: [2], after: ['shared'], inputs: ['../shared/v.f100010.mp4'] },
    ]);
    expect(plan.every((run) => run.arguments.includes('-i'))).toBe(true);
    expect(JSON.stringify(plan)).not.toContain(stack.dataFolder);
  });
});

describe('a sub-task that fails', () => {
  it('says why, and leaves the others alone', async () => {
    const task = await process({
      TranscodeTaskSet: [{ Definition: 424_242 }, { Definition: 875, StartTimeOffset: 9 }],
      AnimatedGraphicTaskSet: [{ Definition: 424_242, StartTimeOffset: 0, EndTimeOffset: 1 }],
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 13 }],
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
    });
    const missing = { Status: 'FAIL', ErrCode: 40_000, ErrCodeExt: 'InvalidInput.DefinitionNotExist' };
    expect(task.MediaProcessResultSet).toMatchObject([
      { TranscodeTask: missing },
      { TranscodeTask: { Status: 'FAIL', ErrCodeExt: 'InvalidInput.InvalidTimeOffset' } },
      { AnimatedGraphicTask: missing },
      { CoverBySnapshotTask: { Status: 'SUCCESS', ErrCodeExt: '' } },
      {
        AdaptiveDynamicStreamingTask: { Status: 'FAIL', ErrCodeExt: 'InvalidInput.ConfigurationUnsupported' },
      },
    ]);
    expect(task.ErrCode).toBe(0);
  });

  it('is told in the event as in the task', async () => {
    const task = await process({ ImageSpriteTaskSet: [{ Definition: 10 }, { Definition: 77 }] });
    const payloads = (await findEvents(stack, FileId)).map(
      ({ payload }) => JSON.parse(payload) as { ProcedureStateChangeEvent?: models.ProcedureTask },
    );
    const told = payloads.find(
      ({ ProcedureStateChangeEvent }) => ProcedureStateChangeEvent?.TaskId === task.TaskId,
    );
    expect(told?.ProcedureStateChangeEvent?.MediaProcessResultSet).toEqual(task.MediaProcessResultSet);
  });
});
