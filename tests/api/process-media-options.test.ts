import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip, probe } from '../support/make-clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function process(
  FileId: string,
  definitions: readonly number[],
): Promise<models.MediaProcessTaskTranscodeResult[]> {
  const TranscodeTaskSet = definitions.map((Definition) => ({ Definition }));
  const { TaskId = '' } = await stack.client.ProcessMedia({ FileId, MediaProcessTask: { TranscodeTaskSet } });
  const task = await eventually(
    `${TaskId} is finished`,
    async () => {
      const detail = await stack.client.DescribeTaskDetail({ TaskId });
      return detail.Status === 'FINISH' && detail.ProcedureTask;
    },
    60_000,
  );
  return (task.MediaProcessResultSet ?? []).flatMap(({ TranscodeTask }) => TranscodeTask ?? []);
}

const LEVELS = [10, 20, 30, 40, 70, 80];
const OLD_LEVELS = [...LEVELS, ...LEVELS.map((id) => 200 + id), 370, 380, 10_046, 10_047, 10_048, 10_049];
const MOVING = [
  ...LEVELS.flatMap((id) => [100_000 + id, 100_200 + id]),
  100_800,
  100_810,
  100_820,
  100_830,
  100_840,
  875,
  876,
  ...OLD_LEVELS,
  ...[500, 600, 700].flatMap((container) => LEVELS.map((id) => container + id)),
];
const SOUND = [1010, 1020, 1100, 1110, 1120, 1130, 1140];

describe('ProcessMedia with the documented presets', () => {
  it('knows all of them: of sound alone those for video fail for that reason only', async () => {
    const path = await makeClip(`${clip.folder}/sound.m4a`, { picture: null });
    const { FileId } = await uploadFile(stack, path);
    const tasks = await process(FileId, [...MOVING, ...SOUND]);
    expect(tasks.map(({ Input }) => Input?.Definition)).toEqual([...MOVING, ...SOUND]);
    const reasons = new Set(tasks.slice(0, MOVING.length).map(({ ErrCodeExt }) => ErrCodeExt));
    expect([...reasons]).toEqual(['SourceFileError.NoVideoMedia']);
    expect(tasks.slice(MOVING.length).map(({ Status }) => Status)).toEqual(SOUND.map(() => 'SUCCESS'));
  });

  it('makes the containers and codecs of before 2020', async () => {
    const { FileId } = await uploadFile(stack, clip.path);
    const tasks = await process(FileId, [10_046, 610, 876]);
    const expected = [
      ['h264', 'mp3', 320],
      ['hevc', 'aac', 426],
      ['h264', 'aac', 320],
    ] as const;
    for (const [i, [video, audio, width]] of expected.entries()) {
      expect(tasks[i]).toMatchObject({ Status: 'SUCCESS' });
      const url = tasks[i]?.Output?.Url ?? '';
      const path = url.endsWith('.m3u8') ? url : await (await download(url)).saveTo(`${clip.folder}/made`);
      expect(await probe(path)).toMatchObject({
        video: { codec_name: video, width },
        audio: { codec_name: audio },
        durationSec: expect.closeTo(1, 0),
      });
    }
  });
});
