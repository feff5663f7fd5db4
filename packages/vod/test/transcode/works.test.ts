import { createDecipheriv } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MadeWork,
  type MediaTools,
  MediaError,
  planAdaptive,
  planAnimation,
  planCover,
  planSamples,
  planSnapshots,
  planSprites,
  planTranscode,
  planVideoWork,
  probeMedia,
  runTranscode,
  runWork,
  type SourceInfo,
  type TranscodeRule,
  type Watermark,
  type Work,
} from '../../src/transcode/index.ts';
import { createClipBox, type ClipBox, type ClipName } from '../support/clips.ts';
import { probeAny } from '../support/probe-any.ts';
import { quietLogger, runFfmpeg, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
});
afterAll(() => scratch.remove());

async function perform(clip: ClipName, plan: (source: SourceInfo) => Work): Promise<MadeWork> {
  const sourcePath = await box.clip(clip);
  const work = plan(await probeMedia(sourcePath, { tools }));
  return await runWork(work, {
    sourcePath,
    tools,
    scratchFolder: await scratch.subfolder(),
    signal: new AbortController().signal,
    logger: quietLogger,
    onProgress: () => {},
  });
}

function toPaths(names: readonly string[] = []): string[] {
  return names.map((name) => `../shared/${name}`);
}

/** The same from streams that one run encodes for all. */
async function performPacked(clip: ClipName, plan: (source: SourceInfo) => Work): Promise<MadeWork> {
  const sourcePath = await box.clip(clip);
  const source = await probeMedia(sourcePath, { tools });
  const work = plan(source);
  const { packing } = work;
  if (!packing) throw new Error('this work cannot be packed');
  const options = { x264Preset: 'veryfast', canToneMap: tools.canToneMap, encoders: tools.encoders } as const;
  const shared = planTranscode(source, [], options, [packing.demand]);
  const folder = await scratch.subfolder();
  const common = {
    sourcePath,
    tools,
    signal: new AbortController().signal,
    logger: quietLogger,
    onProgress: () => {},
  };
  await mkdir(`${folder}/shared`);
  const { failure } = await runTranscode(shared, { ...common, scratchFolder: `${folder}/shared` });
  if (failure) throw failure;
  const [files] = shared.demanded;
  const run = packing.run({ pictures: toPaths(files?.pictures), sounds: toPaths(files?.sounds) });
  return await runWork({ ...work, runs: [run] }, { ...common, scratchFolder: `${folder}/packed` });
}

const pictures = { definition: 10, canToneMap: true };
const sameSize = { Width: 0, Height: 0, ResolutionAdaptive: 'open', FillType: 'stretch', Format: 'jpg' };

function namesOf({ files }: MadeWork): string[] {
  return files.map(({ fileName }) => fileName);
}

function pathOf({ files }: MadeWork, name: string): string {
  const file = files.find(({ fileName }) => fileName === name);
  if (!file) throw new Error(`no ${name} among ${files.map(({ fileName }) => fileName).join(' ')}`);
  return file.path;
}

/** A rendition of 180 lines with a keyframe every two seconds. */
async function transcodeTo180(clip: ClipName): Promise<[{ path: string }]> {
  const rule = {
    Container: 'mp4',
    VideoTemplate: { ...h264, Height: 180, Fps: 25, Vcrf: 18 },
    AudioTemplate: aac,
  };
  const [file] = (await perform(clip, videoWork(rule))).files;
  return [{ path: file?.path ?? '' }];
}

/** SSIM of two pictures: 1 when they are the same. */
async function similarity(one: string, other: string): Promise<number> {
  const path = `${scratch.folder}/ssim.txt`;
  await runFfmpeg(tools, ['-i', one, '-i', other, '-lavfi', `ssim=${path}`, '-f', 'null', '-']);
  return Number(/All:([\d.]+)/.exec(await readFile(path, 'utf8'))?.[1]);
}

describe('pictures', () => {
  it('make a cover of the source’s own size', async () => {
    const made = await perform('landscape', (source) =>
      planCover(source, sameSize, { percent: 50 }, pictures),
    );
    expect(namesOf(made)).toEqual(['coverBySnapshot_10_0.jpg']);
    expect(await probeAny(pathOf(made, 'coverBySnapshot_10_0.jpg'))).toMatchObject({
      codec: 'mjpeg',
      width: 640,
      height: 360,
    });
  });

  it.each([{ sec: 1e6 }, { percent: 100 }, { sec: 2 }])(
    'take the last picture for a time at or behind the end: %o',
    async (at) => {
      const made = await perform('landscape', (source) => planCover(source, sameSize, at, pictures));
      expect(made.files[0]?.sizeBytes).toBeGreaterThan(1000);
    },
  );

  it('are taken at the times asked for', async () => {
    const made = await perform('portrait', (source) =>
      planSnapshots(source, { ...sameSize, Height: 180 }, [{ sec: 0.5 }, { percent: 50 }], pictures),
    );
    expect(namesOf(made)).toEqual(['snapshotByTimeOffset_10_0.jpg', 'snapshotByTimeOffset_10_1.jpg']);
    expect(made.details.pictures?.map(({ timeOffsetMs }) => timeOffsetMs)).toEqual([
      500,
      expect.closeTo(1000, -2),
    ]);
    expect(await probeAny(pathOf(made, 'snapshotByTimeOffset_10_1.jpg'))).toMatchObject({ width: 180 });
  });

  it.each([
    ['Percent', 10, 10],
    ['Percent', 50, 2],
    ['Time', 1, 2],
    ['Time', 60, 1],
  ])('are sampled by %s %d: %d of them', async (SampleType, SampleInterval, count) => {
    const made = await perform('landscape', (source) =>
      planSamples(source, { ...sameSize, SampleType, SampleInterval }, pictures),
    );
    expect(namesOf(made)).toEqual(Array.from({ length: count }, (_, i) => `sampleSnapshot_10_${i}.jpg`));
  });

  it('come from a rendition as from the source', async () => {
    const rule = { Width: 142, Height: 80, FillType: 'stretch', SampleType: 'Time', SampleInterval: 2 };
    const plan = (source: SourceInfo): Work =>
      planSprites(source, { ...rule, RowCount: 2, ColumnCount: 2 }, pictures);
    const [result] = await transcodeTo180('faststart');
    const made = await perform('faststart', (source) => {
      const work = plan(source);
      const rendition = { fileName: result.path, width: 320, height: 180, fps: 25, gopSec: 2 };
      return {
        ...work,
        runs: [work.fromRendition?.run(rendition) ?? work.runs[0]].flatMap((run) => run ?? []),
      };
    });
    expect(made.details).toMatchObject({ totalCount: 4 });
    const own = await perform('faststart', plan);
    expect(
      await similarity(pathOf(made, 'imageSprite_10_0.jpg'), pathOf(own, 'imageSprite_10_0.jpg')),
    ).toBeGreaterThan(0.9);
  });

  it('fill sheets, with a WebVTT file that says which is where', async () => {
    const rule = { Width: 142, Height: 80, FillType: 'black', SampleType: 'Percent', SampleInterval: 10 };
    const made = await perform('landscape', (source) =>
      planSprites(source, { ...rule, RowCount: 2, ColumnCount: 3 }, pictures),
    );
    expect(namesOf(made)).toEqual(['imageSprite_10_0.jpg', 'imageSprite_10_1.jpg', 'imageSprite_10.vtt']);
    expect(made.details).toMatchObject({ totalCount: 10, width: 142, height: 80 });
    expect(await probeAny(pathOf(made, 'imageSprite_10_1.jpg'))).toMatchObject({ width: 426, height: 160 });
    const vtt = await readFile(pathOf(made, 'imageSprite_10.vtt'), 'utf8');
    expect(vtt.match(/-->/g)).toHaveLength(10);
    expect(vtt).toContain('imageSprite_10_0.jpg#xywh=284,80,142,80');
    expect(vtt).toContain('imageSprite_10_1.jpg#xywh=0,0,142,80');
  });

  it.each(['png', 'webp'])('are made as %s where the template says so', async (Format) => {
    const made = await perform('landscape', (source) =>
      planCover(source, { ...sameSize, Format }, { sec: 0 }, pictures),
    );
    expect(await probeAny(made.files[0]?.path ?? '')).toMatchObject({ codec: Format, width: 640 });
  });

  it.each(['black', 'white', 'gauss', 'stretch'])('fill a frame of another shape: %s', async (FillType) => {
    const rule = { ...sameSize, Width: 200, Height: 200, FillType };
    const made = await perform('landscape', (source) => planCover(source, rule, { sec: 1 }, pictures));
    expect(await probeAny(made.files[0]?.path ?? '')).toMatchObject({ width: 200, height: 200 });
  });

  it('are not to be had from sound alone', async () => {
    await expect(
      perform('audioOnly', (source) => planCover(source, sameSize, { sec: 0 }, pictures)),
    ).rejects.toMatchObject({ errCodeExt: 'SourceFileError.NoVideoMedia' });
  });
});

describe('animations', () => {
  it.each(['gif', 'webp'])('are made as %s, for the time asked for', async (Format) => {
    const rule = { Width: 160, Height: 0, Fps: 5, Format, Quality: 75 };
    const made = await perform('landscape', (source) =>
      planAnimation(
        source,
        rule,
        { StartTimeOffset: 0, EndTimeOffset: 1 },
        { ...pictures, definition: 20000 },
      ),
    );
    expect(namesOf(made)).toEqual([`v.f20000.${Format}`]);
    expect(made.details).toMatchObject({ container: Format, width: 160, height: 90, startSec: 0, endSec: 1 });
    const content = await readFile(made.files[0]?.path ?? '');
    const frames = Format === 'gif' ? (await probeAny(made.files[0]?.path ?? '')).frames : countAnmf(content);
    expect(frames).toBe(5);
  });

  it('have no part behind the end', async () => {
    const part = { StartTimeOffset: 5, EndTimeOffset: 9 };
    await expect(
      perform('landscape', (source) => planAnimation(source, { Format: 'gif' }, part, pictures)),
    ).rejects.toMatchObject({ errCodeExt: 'InvalidInput.InvalidTimeOffset' });
  });
});

/** Frames of an animated WebP: its ANMF chunks. */
function countAnmf(content: Buffer): number {
  return content.toString('latin1').split('ANMF').length - 1;
}

function videoWork(
  rule: TranscodeRule,
  options: Partial<Parameters<typeof planVideoWork>[2]> = {},
): (source: SourceInfo) => Work {
  return (source) =>
    planVideoWork(source, rule, {
      definition: 1000,
      x264Preset: 'ultrafast',
      encoders: tools.encoders,
      canToneMap: tools.canToneMap,
      canDrawText: tools.canDrawText,
      canDrawSvg: tools.canDrawSvg,
      ...options,
    });
}

const h264 = { Codec: 'libx264', Fps: 0, Bitrate: 0, ResolutionAdaptive: 'open', Width: 0, Height: 0 };
const aac = { Codec: 'libfdk_aac', Bitrate: 64, SampleRate: 44_100, AudioChannel: 2 };

describe('renditions of their own', () => {
  it.each([
    ['mp4', 'libx264', 'libfdk_aac', { codec: 'h264', audio: 'aac' }],
    ['mp4', 'libx265', 'libfdk_aac', { codec: 'hevc', audio: 'aac' }],
    ['mp4', 'av1', 'libfdk_aac', { codec: 'av1', audio: 'aac' }],
    ['mp4', 'libx264', 'libmp3lame', { codec: 'h264', audio: 'mp3' }],
    ['flv', 'libx264', 'libmp3lame', { codec: 'h264', audio: 'mp3' }],
  ])('are %s with %s and %s', async (Container, video, audio, expected) => {
    const rule = {
      Container,
      VideoTemplate: { ...h264, Codec: video, Height: 144 },
      AudioTemplate: { ...aac, Codec: audio },
    };
    const made = await perform('landscape', videoWork(rule));
    expect(namesOf(made)).toEqual([`v.f1000.${Container}`]);
    const probed = await probeAny(made.files[0]?.path ?? '');
    expect(probed).toMatchObject({ ...expected, width: 256, height: 144, fps: 30 });
    expect(probed.durationSec).toBeCloseTo(2, 0);
  });

  it.each([
    ['mp3', 'libmp3lame', 'mp3'],
    ['m4a', 'libfdk_aac', 'aac'],
    ['flac', 'flac', 'flac'],
    ['ogg', 'flac', 'flac'],
    ['wav', 'pcm16', 'pcm_s16le'],
  ])('are sound alone as %s', async (Container, Codec, codec) => {
    const rule = { Container, RemoveVideo: 1, AudioTemplate: { ...aac, Codec, AudioChannel: 1 } };
    const made = await perform('landscape', videoWork(rule));
    expect(await probeAny(made.files[0]?.path ?? '')).toMatchObject({
      codec: undefined,
      audio: codec,
      channels: 1,
    });
    expect(made.info?.durationSec).toBeCloseTo(2, 0);
  });

  it.each([
    [{ Width: 0, Height: 180 }, 'portrait', { width: 180, height: 316 }],
    [{ Width: 320, Height: 0 }, 'portrait', { width: 180, height: 320 }],
    [{ Width: 320, Height: 0, ResolutionAdaptive: 'close' }, 'portrait', { width: 320, height: 564 }],
    [{ Width: 300, Height: 300, FillType: 'white' }, 'portrait', { width: 300, height: 300 }],
    [{ Width: 0, Height: 0 }, 'odd', { width: 852, height: 478 }],
    [{ Width: 0, Height: 0 }, 'anamorphic', { width: 512, height: 288 }],
  ] as [object, ClipName, object][])('are of the size that %o gives %s', async (size, clip, expected) => {
    const rule = { Container: 'mp4', VideoTemplate: { ...h264, ...size }, AudioTemplate: aac };
    const made = await perform(clip, videoWork(rule));
    expect(await probeAny(made.files[0]?.path ?? '')).toMatchObject(expected);
  });

  it('have the frame rate and the distance of keyframes of the template', async () => {
    const rule = { Container: 'mp4', RemoveAudio: 1, VideoTemplate: { ...h264, Fps: 10, Gop: 5, Vcrf: 40 } };
    const made = await perform('landscape', videoWork(rule));
    const probed = await probeAny(made.files[0]?.path ?? '');
    expect(probed).toMatchObject({ fps: 10, audio: undefined, keyframes: 4 });
  });

  it('are of the part asked for, also counted from the end', async () => {
    const rule = { Container: 'mp4', VideoTemplate: h264, AudioTemplate: aac };
    const made = await perform('landscape', videoWork(rule, { startOffset: 0.5, endOffset: -0.5 }));
    expect((await probeAny(made.files[0]?.path ?? '')).durationSec).toBeCloseTo(1, 1);
  });

  it('keep the streams as they are when only the container changes', async () => {
    const made = await perform('landscape', videoWork({ Container: 'hls' }, { isRemux: true }));
    expect(namesOf(made)).toEqual(['v.f1000.m3u8', 'v.f1000_0.ts']);
    expect(made.info).toMatchObject({ container: 'hls', display: { width: 640, height: 360 } });
  });

  it.each([
    [undefined, perform],
    ['fmp4', perform],
    ['fmp4', performPacked],
    [undefined, performPacked],
  ])('are HLS with segments: %s', async (SegmentType, make) => {
    const rule = {
      Container: 'hls',
      VideoTemplate: { ...h264, Height: 90, HlsTime: 2, Gop: 30 },
      AudioTemplate: aac,
      ...(SegmentType ? { SegmentType } : {}),
    };
    const made = await make('faststart', videoWork(rule));
    const playlist = await readFile(pathOf(made, 'v.f1000.m3u8'), 'utf8');
    expect(playlist.match(/#EXTINF/g)?.length).toBeGreaterThanOrEqual(4);
    expect(made.info?.durationSec).toBeCloseTo(8, 0);
    expect((await probeAny(pathOf(made, 'v.f1000.m3u8'))).durationSec).toBeCloseTo(8, 0);
    expect(made.details.sizeBytes).toBe(made.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  });

  it('bear a watermark where the template puts it', async () => {
    const mark = await markImage();
    const watermarks = [
      {
        definition: 1,
        type: 'image',
        coordinateOrigin: 'TopLeft',
        xPos: '10px',
        yPos: '10px',
        startSec: 0,
        endSec: 0,
        image: { content: mark, width: '20%', height: '0px', repeatType: 'repeat', transparency: 0 },
      },
    ];
    const rule = { Container: 'mp4', RemoveAudio: 1, VideoTemplate: { ...h264, Vcrf: 10 } };
    const made = await perform('landscape', videoWork(rule, { watermarks }));
    expect(await pixelAt(made.files[0]?.path ?? '', 60, 20)).toEqual([
      expect.closeTo(255, -2),
      expect.closeTo(0, -2),
      expect.closeTo(255, -2),
    ]);
  });

  it('bear an SVG, sharp and of the size that the template says', async () => {
    const content =
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="#f0f"/></svg>';
    const svg = { content, width: '25W%', height: '0px' };
    const made = await perform('landscape', videoWork(plainRule, { watermarks: [svgMark(svg)] }));
    const path = made.files[0]?.path ?? '';
    for (const [x, y] of [
      [14, 14],
      [164, 84],
    ] as const) {
      const [r = 0, g = 255, b = 0] = await pixelAt(path, x, y);
      expect([r > 200, g < 60, b > 200]).toEqual([true, true, true]);
    }
  });

  it('show an SVG again and again for a while', async () => {
    const content =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#f0f"/></svg>';
    const cycle = { startSec: 0.5, shownSec: 0.25, everySec: 0.5 };
    const mark = { ...svgMark({ content, width: '64px', height: '64px', cycle }), startSec: 0, endSec: 1.4 };
    const made = await perform('landscape', videoWork(plainRule, { watermarks: [mark] }));
    const path = made.files[0]?.path ?? '';
    const shown: boolean[] = [];
    for (const sec of [0.3, 0.6, 0.9, 1.1, 1.6]) {
      const [r = 0, g = 255, b = 0] = await pixelAt(path, 40, 40, sec);
      shown.push(r > 200 && g < 60 && b > 200);
    }
    expect(shown).toEqual([false, true, false, true, false]);
  });

  it.each([
    ['a file', (secret: string) => `<image href="file://${secret}" width="64" height="64"/>`],
    ['a path', (secret: string) => `<image href="${secret}" width="64" height="64"/>`],
    [
      'a file by the older name',
      (secret: string) => `<image xlink:href="${secret}" width="64" height="64"/>`,
    ],
    ['a style sheet', (secret: string) => `<style>@import url("${secret}.css");</style>`],
  ])('show nothing of %s that an SVG names', async (_, body) => {
    const secret = await markImage();
    await box.write('secret.png', secret);
    await box.write('secret.png.css', 'rect { fill: #f0f }');
    const inside = body(`${scratch.folder}/secret.png`);
    const content = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64"><rect width="64" height="64" fill="#0f0"/>${inside}</svg>`;
    const mark = svgMark({ content, width: '64px', height: '64px' });
    const made = await perform('landscape', videoWork(plainRule, { watermarks: [mark] }));
    const [r = 255, g = 0] = await pixelAt(made.files[0]?.path ?? '', 40, 40);
    expect([r < 60, g > 200]).toEqual([true, true]);
  });

  it.each([
    ['is none', 'not an SVG'],
    [
      'is of a size that nobody can draw',
      '<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"/>',
    ],
    ['names an entity of its own without end', bottomless()],
  ])('end with a reason when the SVG %s', async (_, content) => {
    const mark = svgMark({ content, width: '0px', height: '0px' });
    await expect(perform('landscape', videoWork(plainRule, { watermarks: [mark] }))).rejects.toBeInstanceOf(
      MediaError,
    );
  });

  it('hide what a mosaic covers, in its time', async () => {
    const mosaics = [{ XPos: '0px', YPos: '0px', Width: '50%', Height: '100%', StartTimeOffset: 1 }];
    const made = await perform('noisy', videoWork(plainRule, { mosaics }));
    const path = made.files[0]?.path ?? '';
    const [before, after, beside] = [
      await contrast(path, 0.5, 0),
      await contrast(path, 1.5, 0),
      await contrast(path, 1.5, 320),
    ];
    expect(after).toBeLessThan(before / 10);
    expect(beside).toBeGreaterThan(before / 2);
  });

  it.each([
    ['an unknown codec', { Container: 'mp4', VideoTemplate: { ...h264, Codec: 'H.266' } }],
    ['an unknown container', { Container: 'avi' }],
    ['H.265 in FLV', { Container: 'flv', VideoTemplate: { ...h264, Codec: 'libx265' } }],
  ])('are refused: %s', async (_, rule) => {
    await expect(perform('landscape', videoWork(rule))).rejects.toMatchObject({
      errCodeExt: 'InvalidInput.ConfigurationUnsupported',
    });
  });
});

const plainRule = { Container: 'mp4', RemoveAudio: 1, VideoTemplate: { ...h264, Vcrf: 10 } };

function svgMark(svg: NonNullable<Watermark['svg']>): Watermark {
  const place = { coordinateOrigin: 'TopLeft', xPos: '10px', yPos: '10px', startSec: 0, endSec: 0 };
  return { definition: 1, type: 'svg', ...place, svg };
}

/** Entities that stand for ten others each, nine times over: "billion laughs". */
function bottomless(): string {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join(
    '',
  );
  return `<!DOCTYPE svg [<!ENTITY e0 "ha">${entities}]><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><text>&e9;</text></svg>`;
}

/** How many neighbouring pixels of the left or right half differ by more than the encoder's noise. */
async function contrast(video: string, sec: number, x: number): Promise<number> {
  const path = `${scratch.folder}/half.gray`;
  const half = `extractplanes=y,crop=320:360:${x}:0`;
  await runFfmpeg(tools, [
    '-ss',
    String(sec),
    '-i',
    video,
    '-frames:v',
    '1',
    '-vf',
    half,
    '-f',
    'rawvideo',
    path,
  ]);
  const pixels = await readFile(path);
  return pixels.filter((value, i) => Math.abs(value - (pixels[i - 1] ?? value)) > 8).length;
}

async function markImage(): Promise<Buffer> {
  const path = `${scratch.folder}/mark.png`;
  await runFfmpeg(tools, ['-f', 'lavfi', '-i', 'color=magenta:s=64x64', '-frames:v', '1', path]);
  return await readFile(path);
}

/** RGB of one pixel of the first picture, or of that at a time. */
async function pixelAt(video: string, x: number, y: number, sec = 0): Promise<number[]> {
  const path = `${scratch.folder}/pixel.rgb`;
  await runFfmpeg(tools, [
    '-ss',
    String(sec),
    '-i',
    video,
    '-frames:v',
    '1',
    '-vf',
    `crop=2:2:${x}:${y}`,
    '-pix_fmt',
    'rgb24',
    '-f',
    'rawvideo',
    path,
  ]);
  return [...(await readFile(path)).subarray(0, 3)];
}

const ladder = [90, 180, 360, 720].map((Height) => ({
  Video: { ...h264, Height, Fps: 24, Bitrate: Height * 10 },
  Audio: { ...aac, Bitrate: 48 },
  RemoveAudio: 0,
}));

function adaptive(
  rule: object,
  options: Partial<Parameters<typeof planAdaptive>[2]> = {},
): (source: SourceInfo) => Work {
  return (source) =>
    planAdaptive(
      source,
      { Format: 'HLS', StreamInfos: ladder, DisableHigherVideoResolution: 1, SegmentDuration: 2, ...rule },
      {
        definition: 10,
        fileId: '5285485487985271487',
        x264Preset: 'ultrafast',
        encoders: tools.encoders,
        canToneMap: tools.canToneMap,
        canDrawText: tools.canDrawText,
        canDrawSvg: tools.canDrawSvg,
        ...options,
      },
    );
}

describe('adaptive results', () => {
  it.each([
    ['ts-segment', performPacked],
    ['mp4-segment', performPacked],
    ['ts-byterange', performPacked],
    ['ts-segment', perform],
  ])('are HLS with %s, without rungs above the source', async (SegmentType, make) => {
    const made = await make('faststart', adaptive({ SegmentType }));
    expect(namesOf(made)[0]).toBe('adp.10.m3u8');
    const master = await readFile(pathOf(made, 'adp.10.m3u8'), 'utf8');
    expect(master.match(/RESOLUTION=\d+x\d+/g)).toEqual(['RESOLUTION=160x90', 'RESOLUTION=320x180']);
    expect(master.match(/CODECS="avc1\.\w{6},mp4a\.40\.2"/g)).toHaveLength(2);
    expect(made.details).toMatchObject({
      package: 'HLS',
      drmType: '',
      subStreams: [
        { type: 'video', width: 160, height: 90 },
        { type: 'video', width: 320, height: 180 },
      ],
    });
    for (const rung of [0, 1]) {
      const probed = await probeAny(pathOf(made, `video_10_${rung}.m3u8`));
      expect(probed).toMatchObject({ codec: 'h264', audio: 'aac', fps: 24 });
      expect(probed.durationSec).toBeCloseTo(8, 0);
      const playlist = await readFile(pathOf(made, `video_10_${rung}.m3u8`), 'utf8');
      expect(playlist.match(/#EXTINF:2\.0+,/g)).toHaveLength(4);
    }
  });

  it('tell the rate of their heaviest segment, which a player must be able to load in time', async () => {
    const made = await performPacked('faststart', adaptive({}));
    const master = await readFile(pathOf(made, 'adp.10.m3u8'), 'utf8');
    const sizes = made.files.filter(({ fileName }) => /_1_\d\.ts$/.test(fileName));
    const peak = Math.max(...sizes.map(({ sizeBytes }) => (sizeBytes * 8) / 2));
    const [, told] = [...master.matchAll(/:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=\d+,/g)];
    expect(Number(told?.[1])).toBeCloseTo(peak, -3);
  });

  it('keep one rung, no larger than the source, when all would enlarge it', async () => {
    const made = await perform(
      'silent',
      adaptive({ StreamInfos: ladder.slice(2), SegmentType: 'mp4-segment' }),
    );
    expect(made.details.subStreams).toMatchObject([{ width: 320, height: 180 }]);
    expect(await probeAny(pathOf(made, 'video_10_0.m3u8'))).toMatchObject({ height: 180, audio: undefined });
  });

  it.each([perform, performPacked])('are DASH with the sound once', async (make) => {
    // At 90 lines the width is not quite in proportion: 160x90 of 852x478 and the like must still be one adaptation set.
    const made = await make('odd', adaptive({ Format: 'MPEG-DASH', StreamInfos: ladder.slice(0, 2) }));
    expect(namesOf(made)[0]).toBe('adp.10.mpd');
    expect(made.details.subStreams?.map(({ type }) => type)).toEqual(['video', 'video', 'audio']);
    const manifest = await readFile(pathOf(made, 'adp.10.mpd'), 'utf8');
    expect(manifest.match(/<Representation /g)).toHaveLength(3);
    expect(made.details.subStreams?.every(({ sizeBytes }) => sizeBytes > 1000)).toBe(true);
  });

  it.each([perform, performPacked])(
    'are encrypted with a key of their own, not among the files',
    async (make) => {
      const made = await make('faststart', adaptive({ DrmType: 'SimpleAES' }));
      const { contentKey } = made;
      const playlist = await readFile(pathOf(made, 'video_10_0.m3u8'), 'utf8');
      expect(playlist).toContain(
        `#EXT-X-KEY:METHOD=AES-128,URI="/drm/getkey?fileId=5285485487985271487&keyId=${contentKey?.keyId}"`,
      );
      const segment = await readFile(pathOf(made, 'video_10_0_0.ts'));
      expect(segment[0] === 0x47 && segment[188] === 0x47).toBe(false);
      const iv = Buffer.from(/IV=0x([0-9a-f]{32})/i.exec(playlist)?.[1] ?? '0'.repeat(32), 'hex');
      const decipher = createDecipheriv('aes-128-cbc', contentKey?.key ?? '', iv);
      const clear = Buffer.concat([decipher.update(segment), decipher.final()]);
      expect([clear[0], clear[188]]).toEqual([0x47, 0x47]);
      expect(namesOf(made).every((name) => /^(adp\.10\.m3u8|video_10_\d.*)$/.test(name))).toBe(true);
    },
  );

  it.each(['ts-segment', 'mp4-segment'])(
    'offer every sound of the source, in HLS of %s',
    async (SegmentType) => {
      const made = await perform('voices', adaptive({ SegmentType }));
      const master = await readFile(pathOf(made, 'adp.10.m3u8'), 'utf8');
      const media = master.split('\n').filter((line) => line.startsWith('#EXT-X-MEDIA'));
      expect(media.map((line) => /NAME="([^"]*)"/.exec(line)?.[1])).toEqual(['Comment', 'eng']);
      expect(media.map((line) => /LANGUAGE="([^"]*)"/.exec(line)?.[1])).toEqual(['deu', 'eng']);
      expect(media.map((line) => /DEFAULT=(\w+)/.exec(line)?.[1])).toEqual(['YES', 'NO']);
      const variants = master.split('\n').filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
      expect(variants).toHaveLength(2);
      for (const variant of variants) {
        expect(variant).toMatch(/AUDIO="[^"]+"/);
        expect(variant).toMatch(/CODECS="avc1\.\w{6},mp4a\.40\.2"/);
      }
      expect(await probeAny(pathOf(made, 'video_10_0.m3u8'))).toMatchObject({
        codec: 'h264',
        audio: undefined,
      });
      for (const voice of [2, 3]) {
        const probed = await probeAny(pathOf(made, `video_10_${voice}.m3u8`));
        expect(probed).toMatchObject({ codec: undefined, audio: 'aac' });
      }
      expect(made.details.subStreams?.map(({ type }) => type).toSorted()).toEqual([
        'audio',
        'audio',
        'video',
        'video',
      ]);
    },
  );

  it('offer every sound of the source in DASH, each with its language', async () => {
    const made = await perform('voices', adaptive({ Format: 'MPEG-DASH', StreamInfos: ladder.slice(0, 2) }));
    const manifest = await readFile(pathOf(made, 'adp.10.mpd'), 'utf8');
    const sets = [...manifest.matchAll(/<AdaptationSet [^>]*contentType="audio"[^>]*>/g)].map(([tag]) => tag);
    expect(sets.map((tag) => /lang="(\w+)"/.exec(tag)?.[1])).toEqual(['deu', 'eng']);
    expect(made.details.subStreams?.map(({ type }) => type)).toEqual(['video', 'video', 'audio', 'audio']);
  });

  it.each(['HLS', 'MPEG-DASH'])('offer subtitles beside the picture in %s', async (Format) => {
    const raw = 'Hello <b>you</b>';
    const cue = { startSec: 0.5, endSec: 1.25, raw, text: 'Hello you', settings: 'line:0' };
    const tracks = [
      { id: 'a', name: 'Eng"lish', language: 'en', cues: [cue] },
      { id: 'b', name: 'Deutsch', language: 'de-AT', cues: [] },
    ];
    const made = await performPacked('landscape', (source) =>
      adaptive({ Format, StreamInfos: ladder.slice(0, 2) }, { tracks })(source),
    );
    const vtt = await readFile(pathOf(made, 'subtitle_10_0.vtt'), 'utf8');
    expect(vtt).toContain('00:00:00.500 --> 00:00:01.250 line:0\nHello <b>you</b>');
    expect(vtt.includes('X-TIMESTAMP-MAP=MPEGTS:126000')).toBe(Format === 'HLS');
    const main = await readFile(pathOf(made, Format === 'HLS' ? 'adp.10.m3u8' : 'adp.10.mpd'), 'utf8');
    if (Format === 'HLS') {
      expect(main).toMatch(/TYPE=SUBTITLES,.*NAME="Eng lish",LANGUAGE="en",.*URI="subtitle_10_0\.m3u8"/);
      expect(main.match(/SUBTITLES="subtitles"/g)).toHaveLength(2);
      expect(await readFile(pathOf(made, 'subtitle_10_1.m3u8'), 'utf8')).toContain('\nsubtitle_10_1.vtt\n');
    } else {
      expect(main).toMatch(/mimeType="text\/vtt" lang="de-AT">[^]*<BaseURL>subtitle_10_1\.vtt<\/BaseURL>/);
    }
    expect(made.details.subtitles).toMatchObject([{ id: 'a', vttName: 'subtitle_10_0.vtt' }, { id: 'b' }]);
  });

  it('are encrypted as fragmented MP4, behind a section that is not', async () => {
    const made = await performPacked(
      'faststart',
      adaptive({ DrmType: 'SimpleAES', SegmentType: 'mp4-segment' }),
    );
    const playlist = await readFile(pathOf(made, 'video_10_0.m3u8'), 'utf8');
    expect(playlist.indexOf('#EXT-X-MAP')).toBeLessThan(playlist.indexOf('#EXT-X-KEY'));
    expect(playlist.indexOf('#EXT-X-KEY')).toBeLessThan(playlist.indexOf('#EXTINF'));
    const init = await readFile(pathOf(made, 'video_10_0_init.mp4'));
    expect(init.subarray(4, 8).toString()).toBe('ftyp');
    const iv = Buffer.from(/IV=0x([0-9a-f]{32})/.exec(playlist)?.[1] ?? '', 'hex');
    const decipher = createDecipheriv('aes-128-cbc', made.contentKey?.key ?? '', iv);
    const segment = await readFile(pathOf(made, 'video_10_0_0.m4s'));
    expect(segment.toString('latin1')).not.toContain('moof');
    const clear = Buffer.concat([decipher.update(segment), decipher.final()]);
    expect(clear.toString('latin1')).toContain('moof');
    const file = made.files.find(({ fileName }) => fileName === 'video_10_0_0.m4s');
    expect(file?.sizeBytes).toBe(segment.length);
  });

  it('are not made with a protection that needs a licence server', async () => {
    const failing = perform('faststart', adaptive({ DrmType: 'Widevine' }));
    await expect(failing).rejects.toBeInstanceOf(MediaError);
    await expect(failing).rejects.toMatchObject({ errCodeExt: 'InvalidInput.ConfigurationUnsupported' });
  });
});
