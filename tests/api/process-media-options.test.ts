import { readFile } from 'node:fs/promises';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { type Area, pixelsOf, type Rgb, shareOf } from '../support/colours.ts';
import { download } from '../support/download.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { addHls, playToEnd } from '../support/hls.ts';
import { makeClip, probe } from '../support/make-clip.ts';
import { findEvents } from '../support/rows.ts';
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

async function finish(
  FileId: string,
  MediaProcessTask: models.MediaProcessTaskInput,
): Promise<models.MediaProcessTaskResult[]> {
  const { TaskId = '' } = await stack.client.ProcessMedia({ FileId, MediaProcessTask });
  const task = await eventually(
    `${TaskId} is finished`,
    async () => {
      const detail = await stack.client.DescribeTaskDetail({ TaskId });
      return detail.Status === 'FINISH' && detail.ProcedureTask;
    },
    60_000,
  );
  return task.MediaProcessResultSet ?? [];
}

async function transcode(
  FileId: string,
  ...TranscodeTaskSet: models.TranscodeTaskInput[]
): Promise<models.MediaProcessTaskTranscodeResult[]> {
  const results = await finish(FileId, { TranscodeTaskSet });
  return results.flatMap(({ TranscodeTask }) => TranscodeTask ?? []);
}

async function process(
  FileId: string,
  definitions: readonly number[],
): Promise<models.MediaProcessTaskTranscodeResult[]> {
  return await transcode(FileId, ...definitions.map((Definition) => ({ Definition })));
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

const RED: Rgb = [255, 0, 0];
const GREEN: Rgb = [0, 128, 0];
const BLUE: Rgb = [0, 0, 255];
const WHITE: Rgb = [255, 255, 255];
const YELLOW: Rgb = [255, 255, 0];
const MAGENTA: Rgb = [255, 0, 255];

async function uploadColour(name: string, size: string, sound: string | null = null): Promise<string> {
  const options = { picture: `color=${name}:size=${size}:rate=25`, sound };
  const path = await makeClip(`${clip.folder}/${name}-${size}.mp4`, options);
  return (await uploadFile(stack, path)).FileId;
}

const SUBTITLE = 'WEBVTT\n\n00:00.000 --> 00:00.500\n<b>MMMM</b> {\\b0}MM\n\n00:05.000 --> 00:06.000\nlate\n';

describe('a rendition', () => {
  it('has heads and tails of the nearest shape, which fill its frame, in the same run', async () => {
    const [film, narrow, wide] = [
      await uploadColour('blue', '320x180', 'sine=frequency=440'),
      await uploadColour('red', '160x160'),
      await uploadColour('green', '640x360'),
    ];
    const { Definition } = await stack.client.CreateHeadTailTemplate({
      Name: 'films',
      HeadCandidateSet: [narrow],
      TailCandidateSet: [narrow, wide],
      FillType: 'white',
    });
    const [task] = await transcode(film, { Definition: 10, HeadTailSet: [{ Definition: Definition ?? 0 }] });
    expect(task).toMatchObject({
      Status: 'SUCCESS',
      Input: { HeadTailSet: [{ Definition }] },
      Output: { Width: 320, Height: 180, Duration: expect.closeTo(3, 1) },
    });
    const url = task?.Output?.Url ?? '';
    const centre = { x: 140, y: 70, width: 40, height: 40 };
    for (const [sec, colour] of [
      [0.5, RED],
      [1.5, BLUE],
      [2.5, GREEN],
    ] as const) {
      expect(shareOf(await pixelsOf(url, sec, centre), colour)).toBeGreaterThan(0.95);
    }
    const edge = { x: 4, y: 70, width: 40, height: 40 };
    expect(shareOf(await pixelsOf(url, 0.5, edge), WHITE)).toBeGreaterThan(0.95);
    expect(shareOf(await pixelsOf(url, 2.5, edge), GREEN)).toBeGreaterThan(0.95);
    expect(await probe(url)).toMatchObject({ audio: { codec_name: 'aac' } });
  });

  it('has subtitles, texts and SVGs drawn into its picture, in their time', async () => {
    const film = await uploadColour('blue', '640x360');
    const Content = Buffer.from(SUBTITLE).toString('base64');
    const subtitle = { Id: 'one', Name: 'one', Language: 'en', Format: 'vtt', Content };
    await stack.client.ModifyMediaInfo({ FileId: film, AddSubtitles: [subtitle] });
    const place = { CoordinateOrigin: 'TopLeft', XPos: '10px', YPos: '10px' };
    const text = await stack.client.CreateWatermarkTemplate({
      Type: 'text',
      ...place,
      TextTemplate: { FontType: 'arial.ttf', FontSize: '48px', FontColor: '0xFF0000', FontAlpha: 1 },
    });
    const svg = await stack.client.CreateWatermarkTemplate({
      Type: 'svg',
      ...place,
      CoordinateOrigin: 'TopRight',
      SvgTemplate: { Width: '100px', Height: '100px' },
    });
    const style = { FontColor: '0xFFFFFF', FontSize: '15%', YPos: '10%', BoardY: '5%', BoardHeight: '25%' };
    const [task, unknown] = await transcode(
      film,
      {
        Definition: 20,
        WatermarkSet: [
          { Definition: text.Definition ?? 0, TextContent: "MMMM %{n}:' MMMM" },
          {
            Definition: svg.Definition ?? 0,
            SvgContent:
              '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#f0f"/></svg>',
          },
        ],
        SubtitleInfoSet: [{ Id: 'one', ...style, BoardColor: '0xFFFF00', BoardAlpha: 1 }],
      },
      { Definition: 30, SubtitleInfoSet: [{ Id: 'another' }] },
    );
    expect(task).toMatchObject({ Status: 'SUCCESS' });
    expect(unknown).toMatchObject({
      Status: 'FAIL',
      Message: expect.stringContaining('no subtitle "another"'),
    });
    const url = task?.Output?.Url ?? '';
    const at = async (sec: number, colour: Rgb, area: Area): Promise<number> =>
      shareOf(await pixelsOf(url, sec, area), colour);
    expect(await at(0.2, MAGENTA, { x: 540, y: 20, width: 80, height: 80 })).toBeGreaterThan(0.95);
    expect(await at(0.2, RED, { x: 10, y: 10, width: 200, height: 48 })).toBeGreaterThan(0.1);
    const board = { x: 80, y: 260, width: 480, height: 80 };
    expect(await at(0.2, YELLOW, board)).toBeGreaterThan(0.5);
    expect(await at(0.2, WHITE, board)).toBeGreaterThan(0.02);
    expect(await at(0.8, BLUE, board)).toBeGreaterThan(0.95);
  });
});

describe('a template of heads and tails', () => {
  it('is listed without a type, changed, and deleted', async () => {
    const { Definition = 0 } = await stack.client.CreateHeadTailTemplate({ Name: 'one' });
    await stack.client.ModifyHeadTailTemplate({ Definition, TailCandidateSet: ['1'], FillType: 'gauss' });
    const listed = await stack.client.DescribeHeadTailTemplates({ Definitions: [Definition] });
    expect(listed.HeadTailTemplateSet).toMatchObject([
      { Definition, Name: 'one', HeadCandidateSet: [], TailCandidateSet: ['1'], FillType: 'gauss' },
    ]);
    expect(listed.HeadTailTemplateSet?.[0]).not.toHaveProperty('Type');
    await stack.client.ModifyHeadTailTemplate({ Definition, TailCandidateSet: [] });
    await stack.client.DeleteHeadTailTemplate({ Definition });
    const gone = await stack.client.DescribeHeadTailTemplates({ Definitions: [Definition] });
    expect(gone.TotalCount).toBe(0);
  });

  it.each<[string, Partial<models.CreateHeadTailTemplateRequest>]>([
    ['six films', { HeadCandidateSet: ['1', '2', '3', '4', '5', '6'] }],
    ['what is no film', { TailCandidateSet: ['../film'] }],
    ['another filling', { FillType: 'red' }],
  ])('is refused with %s', async (_, changes) => {
    const asked = stack.client.CreateHeadTailTemplate({ Name: 'one', ...changes });
    expect((await errorOf(asked)).code).toMatch(/^InvalidParameterValue/);
  });
});

describe('watermarks of pictures, and subtitles of adaptive results', () => {
  let film = '';
  let Definition = 0;
  const AddSubtitles = ['en', 'de'].map((Language) => ({
    Id: Language,
    Name: Language === 'en' ? 'English' : 'Deutsch',
    Language,
    Format: 'vtt',
    Content: Buffer.from(SUBTITLE).toString('base64'),
  }));
  beforeAll(async () => {
    film = await uploadColour('blue', '320x180', 'sine=frequency=440');
    await stack.client.ModifyMediaInfo({ FileId: film, AddSubtitles });
    const video = { Codec: 'libx264', Fps: 25, Bitrate: 256, Height: 180 };
    const audio = { Codec: 'libfdk_aac', Bitrate: 48, SampleRate: 44_100 };
    const template = await stack.client.CreateAdaptiveDynamicStreamingTemplate({
      Format: 'HLS',
      StreamInfos: [{ Video: video, Audio: audio }],
    });
    Definition = template.Definition ?? 0;
  });

  it('are drawn, and offered to players', async () => {
    const path = await makeClip(`${clip.folder}/mark.png`, {
      picture: 'color=red:size=64x64',
      sound: null,
      output: ['-frames:v', '1', '-c:v', 'png', '-pix_fmt', 'rgb24'],
    });
    const ImageContent = (await readFile(path)).toString('base64');
    const mark = await stack.client.CreateWatermarkTemplate({
      Type: 'image',
      XPos: '0px',
      YPos: '0px',
      ImageTemplate: { ImageContent, Width: '64px', RepeatType: 'repeat' },
    });
    const WatermarkSet = [{ Definition: mark.Definition ?? 0 }];
    const results = await finish(film, {
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0, WatermarkSet }],
      SampleSnapshotTaskSet: [{ Definition: 10, WatermarkSet }],
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0.5s'], WatermarkSet }],
      AdaptiveDynamicStreamingTaskSet: [
        {
          Definition,
          WatermarkSet,
          SubtitleSet: ['en'],
          SubtitleInfoSet: [{ Id: 'en', BoardY: '5%', BoardColor: '0xFFFF00', BoardAlpha: 1 }],
        },
      ],
    });
    const snapshot = results.find(({ Type }) => Type === 'SnapshotByTimeOffset')?.SnapshotByTimeOffsetTask;
    const sample = results.find(({ Type }) => Type === 'SampleSnapshot')?.SampleSnapshotTask;
    const cover = results.find(({ Type }) => Type === 'CoverBySnapshot')?.CoverBySnapshotTask;
    const adaptive = results.find(({ Type }) => Type === 'AdaptiveDynamicStreaming');
    const stream = adaptive?.AdaptiveDynamicStreamingTask;
    expect(snapshot?.Output?.PicInfoSet?.[0]?.WaterMarkDefinition).toEqual([mark.Definition]);
    expect(sample?.Output?.WaterMarkDefinition).toEqual([mark.Definition]);
    const corner = { x: 8, y: 8, width: 48, height: 48 };
    for (const url of [
      cover?.Output?.CoverUrl,
      sample?.Output?.ImageUrlSet?.at(-1),
      snapshot?.Output?.PicInfoSet?.[0]?.Url,
      stream?.Output?.Url,
    ]) {
      expect(shareOf(await pixelsOf(url ?? '', 0, corner), RED)).toBeGreaterThan(0.95);
    }
    const board = { x: 40, y: 150, width: 240, height: 18 };
    expect(shareOf(await pixelsOf(stream?.Output?.Url ?? '', 0, board), YELLOW)).toBeGreaterThan(0.4);
    expect(stream?.Output).toMatchObject({ SubtitleSet: [{ Id: 'en', Language: 'en', Format: 'vtt' }] });
    const master = (await download(stream?.Output?.Url ?? '')).bytes.toString();
    expect(master).toContain('NAME="English",LANGUAGE="en"');
  });

  it('are attached to a result and taken away again', async () => {
    const info = async (): Promise<models.AdaptiveDynamicStreamingInfoItem> => {
      const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [film] });
      return MediaInfoSet?.[0]?.AdaptiveDynamicStreamingInfo?.AdaptiveDynamicStreamingSet?.[0] ?? {};
    };
    const request = { FileId: film, AdaptiveDynamicStreamingDefinition: Definition };
    await stack.client.AttachMediaSubtitles({
      ...request,
      Operation: 'Attach',
      SubtitleIds: ['de'],
      DefaultSubtitleId: 'de',
    });
    const attached = await info();
    expect(attached.SubtitleSet?.map(({ Id }) => Id)).toEqual(['en', 'de']);
    expect(attached.DefaultSubtitleId).toBe('de');
    const vtt = (await download(attached.SubtitleSet?.[1]?.Url ?? '')).bytes.toString();
    expect(vtt).toContain('<b>MMMM</b>');
    const master = (await download(attached.Url ?? '')).bytes.toString();
    expect(master).toMatch(/NAME="Deutsch",LANGUAGE="de",DEFAULT=YES/);
    const [, playlist = ''] = /NAME="Deutsch".*URI="([^"]+)"/.exec(master) ?? [];
    expect((await download(new URL(playlist, attached.Url).href)).bytes.toString()).toContain('.vtt\n');
    const SubtitleIds = ['en', 'de'];
    await stack.client.AttachMediaSubtitles({ ...request, Operation: 'Detach', SubtitleIds });
    expect((await download((await info()).Url ?? '')).bytes.toString()).not.toContain('SUBTITLES');
    expect((await fetch(attached.SubtitleSet?.[1]?.Url ?? '')).status).toBe(404);
  });

  it.each<[string, Partial<models.AttachMediaSubtitlesRequest>]>([
    ['a media that there is not', { FileId: '1' }],
    ['a result that there is not', { AdaptiveDynamicStreamingDefinition: 10 }],
    ['a subtitle that there is not', { SubtitleIds: ['fr'] }],
    ['another operation', { Operation: 'Burn' }],
    ['a default that is not attached', { DefaultSubtitleId: 'fr' }],
  ])('are not attached for %s', async (_, changes) => {
    const asked = stack.client.AttachMediaSubtitles({
      FileId: film,
      AdaptiveDynamicStreamingDefinition: Definition,
      Operation: 'Attach',
      SubtitleIds: ['en'],
      ...changes,
    });
    expect((await errorOf(asked)).code).toMatch(/^InvalidParameterValue/);
  });
});

describe('SimpleHlsClip', () => {
  let FileId = '';
  let url = '';
  beforeAll(async () => {
    ({ FileId } = await uploadFile(stack, clip.path));
    const master = await addHls({ stack, fileId: FileId, folder: clip.folder, definition: 77 });
    url = master.replace('adp.77', 'video_77_0');
  });

  it('cuts whole segments into a playlist beside the whole one, which goes with it', async () => {
    const cut = await stack.client.SimpleHlsClip({ Url: url, StartTimeOffset: 1.2, EndTimeOffset: -2 });
    expect(cut).toMatchObject({
      FileId: '',
      TaskId: '',
      MetaData: { Container: 'hls', Width: 320, Height: 180, Duration: expect.closeTo(3, 1) },
    });
    expect(await playToEnd(cut.Url ?? '')).toBeCloseTo(3, 1);
    const again = await stack.client.SimpleHlsClip({ Url: url, StartTimeOffset: 1, EndTimeOffset: 4 });
    expect(again.Url).toBe(cut.Url);
    const DeleteParts = [{ Type: 'AdaptiveDynamicStreamingFiles', Definition: 0 }];
    const other = await uploadFile(stack, clip.path);
    const copy = await addHls({ stack, fileId: other.FileId, folder: clip.folder, definition: 78 });
    const part = await stack.client.SimpleHlsClip({ Url: copy.replace('adp.78', 'video_78_0') });
    await stack.client.DeleteMedia({ FileId: other.FileId, DeleteParts });
    expect((await fetch(part.Url ?? '')).status).toBe(404);
  });

  it('keeps a part as a media of its own, and tells of it', async () => {
    await stack.client.ModifyEventConfig({ PersistenceCompleteEventSwitch: 'ON' });
    const kept = await stack.client.SimpleHlsClip({
      Url: url,
      EndTimeOffset: 2,
      IsPersistence: 1,
      SourceContext: 'source',
      Procedure: 'QCVB_SimpleProcessFile(0,0,10)',
    });
    expect(kept.TaskId).toMatch(/-procedurev2-/);
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [kept.FileId ?? ''] });
    expect(MediaInfoSet?.[0]).toMatchObject({
      BasicInfo: { Type: 'm3u8', MediaUrl: kept.Url, SourceInfo: { SourceContext: 'source' } },
      MetaData: { Width: 320, Duration: expect.closeTo(2, 1) },
    });
    const events = await findEvents(stack, kept.FileId ?? '');
    expect(events.map(({ payload }) => JSON.parse(payload) as unknown)).toContainEqual({
      EventType: 'PersistenceComplete',
      PersistenceCompleteEvent: { FileId: kept.FileId, PersistenceSource: 'SimpleHlsClip' },
    });
    await stack.client.DeleteMedia({ FileId });
    expect(await playToEnd(kept.Url ?? '')).toBeCloseTo(2, 1);
  });

  it.each<[string, Partial<models.SimpleHlsClipRequest>, string]>([
    ['an address of nothing', { Url: 'https://example.com/a.m3u8' }, 'InvalidParameterValue.Url'],
    ['what is no address', { Url: 'video' }, 'InvalidParameterValue.Url'],
    ['an address that cannot be read', { Url: 'http://a/%E0%A4%A.m3u8' }, 'InvalidParameterValue.Url'],
    ['another kind of result', { OutputMediaType: 'mp4' }, 'InvalidParameterValue.OutputMediaType'],
    ['to be kept twice', { IsPersistence: 2 }, 'InvalidParameterValue.IsPersistence'],
    [
      'a time that has gone',
      { IsPersistence: 1, ExpireTime: '2001-01-01T00:00:00Z' },
      'InvalidParameterValue.ExpireTime',
    ],
  ])('refuses %s', async (_, request, code) => {
    const asked = stack.client.SimpleHlsClip({ Url: url, ...request });
    expect((await errorOf(asked)).code).toBe(code);
  });

  it('refuses times outside, a master playlist, and to keep what is encrypted', async () => {
    const { FileId: fileId } = await uploadFile(stack, clip.path);
    const encryption = { key: Buffer.alloc(16, 1), uri: '/drm/getkey?fileId=1&keyId=2' };
    const master = await addHls({ stack, fileId, folder: clip.folder, definition: 79, encryption });
    const Url = master.replace('adp.79', 'video_79_0');
    const codeOf = async (request: Partial<models.SimpleHlsClipRequest>): Promise<string | undefined> =>
      (await errorOf(stack.client.SimpleHlsClip({ Url, ...request }))).code;
    expect(await codeOf({ StartTimeOffset: 7 })).toBe('InvalidParameterValue.StartTimeOffset');
    expect(await codeOf({ StartTimeOffset: 3, EndTimeOffset: 2 })).toBe(
      'InvalidParameterValue.EndTimeOffset',
    );
    expect(await codeOf({ Url: master })).toBe('ResourceUnavailable.MasterPlaylist');
    expect(await codeOf({ IsPersistence: 1 })).toBe('UnsupportedOperation');
    const cut = await stack.client.SimpleHlsClip({ Url, StartTimeOffset: 2.5 });
    expect((await download(cut.Url ?? '')).bytes.toString()).toContain('#EXT-X-MEDIA-SEQUENCE:2');
  });
});
