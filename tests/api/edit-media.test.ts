import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip, probe } from '../support/make-clip.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
/** 320 × 180 with sound; the same size, red; 160 × 320 without sound. Each has a second. */
let moving: string;
let red: string;
let tall: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  const redClip = await makeClip(`${clip.folder}/red.mp4`, { picture: 'color=red:size=320x180:rate=25' });
  const tallClip = await makeClip(`${clip.folder}/tall.mp4`, {
    picture: 'color=blue:size=160x320:rate=25',
    sound: null,
  });
  const upload = async (path: string): Promise<string> => (await uploadFile(stack, path)).FileId;
  [moving, red, tall] = [await upload(clip.path), await upload(redClip), await upload(tallClip)];
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function finished(TaskId = ''): Promise<models.DescribeTaskDetailResponse> {
  return await eventually(`${TaskId} is finished`, async () => {
    const detail = await stack.client.DescribeTaskDetail({ TaskId });
    return detail.Status === 'FINISH' && detail;
  });
}

async function edited(request: Partial<models.EditMediaRequest>): Promise<models.EditMediaTask> {
  const { TaskId } = await stack.client.EditMedia({ InputType: 'File', ...request });
  return (await finished(TaskId)).EditMediaTask ?? {};
}

async function composed(request: models.ComposeMediaRequest): Promise<models.ComposeMediaTask> {
  const { TaskId } = await stack.client.ComposeMedia(request);
  return (await finished(TaskId)).ComposeMediaTask ?? {};
}

async function fetched(url = ''): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const path = `${clip.folder}/${createHash('md5').update(url).digest('hex')}`;
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  return path;
}

describe('EditMedia', () => {
  it('cuts and joins files into a new media, and tells of it', async () => {
    const task = await edited({
      FileInfos: [
        { FileId: moving, StartTimeOffset: 0.2, EndTimeOffset: 0.8 },
        { FileId: red },
        { FileId: moving, StartTimeOffset: -0.5 },
      ],
      OutputConfig: { MediaName: 'joined', ExpireTime: '2999-01-01T00:00:00Z' },
      SessionContext: 'context',
      SessionId: 'edit-1',
    });
    expect(task).toMatchObject({
      Status: 'FINISH',
      ErrCode: 0,
      ErrCodeExt: '',
      Message: 'SUCCESS',
      Progress: 100,
      Input: { InputType: 'File', FileInfoSet: [{ FileId: moving, StartTimeOffset: 0.2 }, {}, {}] },
      Output: { FileType: 'mp4', MediaName: 'joined', ClassId: 0, ExpireTime: '2999-01-01T00:00:00Z' },
      MetaData: { Width: 320, Height: 180, Duration: expect.closeTo(2.1, 0) },
      SessionContext: 'context',
      SessionId: 'edit-1',
    });
    expect(task.TaskId).toMatch(/^\d+-EditMedia-[0-9a-f]{32}t0$/);
    const FileId = task.Output?.FileId ?? '';
    expect(await probe(await fetched(task.Output?.FileUrl))).toMatchObject({
      video: { codec_name: 'h264', width: 320, height: 180 },
      audio: { codec_name: 'aac' },
      durationSec: expect.closeTo(2.1, 1),
    });
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({
      Name: 'joined',
      Type: 'mp4',
      SourceInfo: { SourceType: 'VideoProcessing' },
    });
    const [event] = await findEvents(stack, FileId);
    expect(JSON.parse(event?.payload ?? '{}')).toEqual({
      EventType: 'EditMediaComplete',
      EditMediaCompleteEvent: task,
    });
  });

  it('takes the frame of the largest file, or the one that is asked for, and writes HLS', async () => {
    const largest = await edited({ FileInfos: [{ FileId: red }, { FileId: tall }], Definition: 10 });
    expect(largest.MetaData).toMatchObject({ Width: 320, Height: 180 });
    const asked = await edited({
      FileInfos: [{ FileId: tall }, { FileId: red }],
      OutputConfig: { Type: 'hls', VideoStream: { Codec: 'libx264', Height: 128, Fps: 10 } },
    });
    expect(asked).toMatchObject({
      Output: { FileType: 'hls' },
      MetaData: { Height: 128, Duration: expect.closeTo(2, 0) },
    });
    const playlist = await (await fetch(asked.Output?.FileUrl ?? '')).text();
    const segment = playlist.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
    expect((await fetch(new URL(segment, asked.Output?.FileUrl))).status).toBe(200);
  });

  it('starts the procedure that it is told of', async () => {
    const task = await edited({
      FileInfos: [{ FileId: red }],
      ProcedureName: 'QCVB_SimpleProcessFile(0,0,10)',
    });
    expect(task.ProcedureTaskId).toMatch(/-procedurev2-/);
    expect((await finished(task.ProcedureTaskId)).ProcedureTask?.FileId).toBe(task.Output?.FileId);
  });

  it('fails with a reason when a part is empty', async () => {
    const task = await edited({ FileInfos: [{ FileId: moving, StartTimeOffset: 5 }] });
    expect(task).toMatchObject({
      Status: 'FINISH',
      ErrCode: 40000,
      ErrCodeExt: 'InvalidInput.InvalidTimeOffset',
    });
    expect(task.Output ?? null).toBeNull();
  });

  it.each<[string, Partial<models.EditMediaRequest>, string]>([
    ['no file', {}, 'MissingParameter'],
    ['an unknown file', { FileInfos: [{ FileId: '1' }] }, 'ResourceNotFound'],
    ['an input of another kind', { InputType: 'Tape' }, 'InvalidParameterValue'],
    ['a recorded stream', { InputType: 'Stream', StreamInfos: [{ StreamId: 'x' }] }, 'UnsupportedOperation'],
    ['51 files', { FileInfos: Array.from({ length: 51 }, () => ({ FileId: '1' })) }, 'InvalidParameterValue'],
    ['a SessionId that is too long', { SessionId: 'x'.repeat(51) }, 'InvalidParameterValue.SessionIdTooLong'],
  ])('refuses %s', async (_, request, code) => {
    expect((await errorOf(stack.client.EditMedia({ InputType: 'File', ...request }))).code).toBe(code);
  });

  it.each<[string, models.EditMediaOutputConfig, string]>([
    ['a container that there is not', { Type: 'avi' }, 'InvalidParameterValue'],
    ['a name of 65 characters', { MediaName: 'x'.repeat(65) }, 'InvalidParameterValue'],
    ['H.266', { VideoStream: { Codec: 'H.266' } }, 'UnsupportedOperation'],
    ['a time that has gone', { ExpireTime: '2001-01-01T00:00:00Z' }, 'InvalidParameterValue.ExpireTime'],
    ['a class that there is not', { ClassId: 99 }, 'InvalidParameterValue.ClassId'],
  ])('refuses an output with %s', async (_, OutputConfig, code) => {
    const request = { InputType: 'File', FileInfos: [{ FileId: red }], OutputConfig };
    expect((await errorOf(stack.client.EditMedia(request))).code).toBe(code);
  });

  it('takes a SessionId once', async () => {
    const request = { InputType: 'File', FileInfos: [{ FileId: red }], SessionId: 'edit-1' };
    expect((await errorOf(stack.client.EditMedia(request))).code).toBe('InvalidParameterValue.SessionId');
  });
});

function video(item: Partial<models.VideoTrackItem> = {}): models.MediaTrack {
  return { Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: red, ...item } }] };
}

describe('ComposeMedia', () => {
  it('lays videos, stickers and sounds over each other, and fades from one into the next', async () => {
    const task = await composed({
      Tracks: [
        {
          Type: 'Video',
          TrackItems: [
            {
              Type: 'Video',
              VideoItem: {
                SourceMedia: red,
                AudioOperations: [{ Type: 'Volume', VolumeParam: { Mute: 1 } }],
              },
            },
            {
              Type: 'Transition',
              TransitionItem: {
                Duration: 0.5,
                Transitions: [{ Type: 'ImageFadeInFadeOut' }, { Type: 'AudioFadeInFadeOut' }],
              },
            },
            { Type: 'Video', VideoItem: { SourceMedia: tall, Width: '50%', XPos: '25%', TargetDuration: 2 } },
          ],
        },
        {
          Type: 'Audio',
          TrackItems: [
            { Type: 'Empty', EmptyItem: { Duration: 0.5 } },
            { Type: 'Audio', AudioItem: { SourceMedia: moving, SourceMediaStartTime: 0.2, Duration: 0.5 } },
          ],
        },
      ],
      Canvas: { Width: 400, Height: 300, Color: 'White' },
      Output: {
        FileName: 'composed',
        Container: 'mp4',
        VideoStream: { Fps: 20 },
        AudioStream: { SampleRate: 44_100 },
      },
      SessionContext: 'context',
    });
    expect(task).toMatchObject({
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      Input: { Canvas: { Color: 'White' }, Output: { FileName: 'composed' } },
      Output: { FileType: 'mp4', MediaName: 'composed' },
      MetaData: { Width: 400, Height: 300, Duration: expect.closeTo(2.5, 1) },
      SessionContext: 'context',
    });
    expect(task.TaskId).toMatch(/^\d+-ComposeMedia-[0-9a-f]{32}tt0$/);
    const [event] = await findEvents(stack, task.Output?.FileId ?? '');
    expect(JSON.parse(event?.payload ?? '{}')).toEqual({
      EventType: 'ComposeMediaComplete',
      ComposeMediaCompleteEvent: task,
    });
  });

  it('makes sound alone', async () => {
    const task = await composed({
      Tracks: [{ Type: 'Audio', TrackItems: [{ Type: 'Audio', AudioItem: { SourceMedia: moving } }] }],
      Output: { FileName: 'sound', Container: 'mp3' },
    });
    expect(task).toMatchObject({ ErrCode: 0, Output: { FileType: 'mp3' } });
    expect(await probe(await fetched(task.Output?.FileUrl))).toMatchObject({
      video: undefined,
      audio: { codec_name: 'mp3', sample_rate: '16000' },
    });
  });

  it('fails with a reason when nothing is left of a piece', async () => {
    const task = await composed({ Tracks: [video({ SourceMediaStartTime: 50 })], Output: { FileName: 'x' } });
    expect(task).toMatchObject({
      Status: 'FINISH',
      ErrCode: 40000,
      Message: expect.stringContaining('nothing is left'),
    });
  });

  it.each<[string, () => Partial<models.ComposeMediaRequest>, string]>([
    ['no tracks', () => ({ Tracks: [] }), 'InvalidParameterValue'],
    [
      'a track of another kind',
      () => ({ Tracks: [{ Type: 'Smell', TrackItems: [] }] }),
      'InvalidParameterValue',
    ],
    [
      'an item without its piece',
      () => ({ Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video' }] }] }),
      'InvalidParameterValue',
    ],
    ['a time below zero', () => ({ Tracks: [video({ Duration: -1 })] }), 'InvalidParameterValue'],
    ['a media that there is not', () => ({ Tracks: [video({ SourceMedia: '1' })] }), 'ResourceNotFound'],
    ['eleven tracks', () => ({ Tracks: Array.from({ length: 11 }, () => video()) }), 'InvalidParameterValue'],
    [
      'a canvas that is too wide',
      () => ({ Tracks: [video()], Canvas: { Width: 4000 } }),
      'InvalidParameterValue',
    ],
    [
      'a transition that cannot be made here',
      () => ({
        Tracks: [
          {
            Type: 'Video',
            TrackItems: [
              ...video().TrackItems,
              { Type: 'Transition', TransitionItem: { Duration: 1, Transitions: [{ Type: 'Heart' }] } },
              ...video().TrackItems,
            ],
          },
        ],
      }),
      'UnsupportedOperation',
    ],
  ])('refuses %s', async (_, request, code) => {
    const error = await errorOf(
      stack.client.ComposeMedia({ Tracks: [], Output: { FileName: 'x' }, ...request() }),
    );
    expect(error.code).toBe(code);
  });
});

describe('DescribeFileAttributes', () => {
  it('reads the digests of a file, and tells them', async () => {
    const { TaskId } = await stack.client.DescribeFileAttributes({
      FileId: moving,
      SessionContext: 'context',
    });
    const { DescribeFileAttributesTask: task } = await finished(TaskId);
    expect(task).toMatchObject({
      Status: 'SUCCESS',
      ErrCode: 0,
      FileId: moving,
      Output: { Md5: clip.md5, Sha1: createHash('sha1').update(clip.content).digest('hex') },
      SessionContext: 'context',
    });
    const event = (await findEvents(stack, moving)).at(-1);
    expect(JSON.parse(event?.payload ?? '{}')).toEqual({
      EventType: 'DescribeFileAttributesComplete',
      DescribeFileAttributesCompleteEvent: task,
    });
  });

  it('refuses a file that there is not', async () => {
    const error = await errorOf(stack.client.DescribeFileAttributes({ FileId: '1' }));
    expect(error.code).toBe('InvalidParameterValue.FileId');
  });
});
