import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MediaTools,
  planTranscode,
  planVideoWork,
  probeMedia,
  runTranscode,
  runWork,
  type SourceInfo,
} from '../../src/transcode/index.ts';
import { createClipBox, type ClipBox } from '../support/clips.ts';
import { quietLogger, runFfmpeg, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { spec } from './source-samples.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
});
afterAll(() => scratch.remove());

/** A clip of these arguments, separated by single spaces. */
async function make(name: string, args: string): Promise<string> {
  const path = join(scratch.folder, name);
  await runFfmpeg(tools, [...args.split(' '), path]);
  return path;
}

async function transcode(sourcePath: string): Promise<{ path: string; info: SourceInfo }> {
  const source = await probeMedia(sourcePath, { tools });
  const plan = planTranscode(source, [spec(100010)], {
    x264Preset: 'veryfast',
    canToneMap: tools.canToneMap,
  });
  const [result] = await runTranscode(plan, {
    sourcePath,
    tools,
    scratchFolder: await scratch.subfolder(),
    signal: new AbortController().signal,
    onProgress: () => {},
    logger: quietLogger,
  });
  if (!result || !('path' in result)) throw new Error(`not made: ${JSON.stringify(result)}`);
  return result;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A pixel of the picture in the middle of a clip: `gray` is its luma as stored, `rgb24` its colour as shown. */
async function pixelAt(path: string, { x, y }: Point, format: 'gray' | 'rgb24'): Promise<number[]> {
  const raw = join(scratch.folder, 'pixel.raw');
  const picture = format === 'gray' ? 'extractplanes=y' : 'format=rgb24';
  const filter = `${picture},crop=1:1:${x}:${y}:exact=1`;
  await runFfmpeg(tools, ['-ss', '0.5', '-i', path, '-frames:v', '1', '-vf', filter, '-f', 'rawvideo', raw]);
  return [...(await readFile(raw))];
}

/** Mean volume in dB of one channel in a part of a file. */
async function volume(path: string, channel: number, fromSec: number, lengthSec: number): Promise<number> {
  const part = ['-ss', String(fromSec), '-t', String(lengthSec), '-i', path];
  const filter = `pan=mono|c0=c${channel},volumedetect`;
  const args = ['-hide_banner', '-nostdin', ...part, '-vn', '-af', filter, '-f', 'null', '-'];
  const { stderr } = await execa(tools.ffmpegPath, args);
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}

const LOUD = -35;
const SILENT = -70;
const H264 = '-c:v libx264 -preset ultrafast';
const grey = '-f lavfi -i color=gray:s=320x180:r=25:d=1';
const tone = (sec: number, layout = 'stereo'): string =>
  `-f lavfi -i sine=f=440:r=48000:d=${sec},aformat=channel_layouts=${layout}`;

describe('the picture', () => {
  it('of full range comes out in the limited range that players expect', async () => {
    const white = '-f lavfi -i color=white:s=320x180:r=25:d=1 -vf scale=out_range=full,format=yuvj420p';
    const source = await make('full.mp4', `${white} ${H264} -color_range pc`);
    expect(await pixelAt(source, { x: 100, y: 100 }, 'gray')).toEqual([255]);
    const { path } = await transcode(source);
    const [luma = 0] = await pixelAt(path, { x: 100, y: 100 }, 'gray');
    expect(luma).toBeGreaterThanOrEqual(234);
    expect(luma).toBeLessThanOrEqual(236);
  });

  it.each([
    ['smpte170m', 'bt601'],
    ['bt709', 'bt709'],
  ])('keeps its colours: %s', async (tag, matrix) => {
    const tags = `-colorspace ${tag} -color_primaries ${tag} -color_trc ${tag}`;
    const red = `-f lavfi -i color=red:s=320x180:r=25:d=1 -vf scale=out_color_matrix=${matrix},format=yuv420p`;
    const { path, info } = await transcode(await make(`${tag}.mp4`, `${red} ${H264} ${tags}`));
    expect(info.video?.matrix).toBe(tag);
    const [r = 0, g = 255, b = 255] = await pixelAt(path, { x: 100, y: 100 }, 'rgb24');
    expect(r).toBeGreaterThan(240);
    expect(Math.max(g, b)).toBeLessThan(15);
  });

  it('that is to be turned has its upper left corner at the upper right', async () => {
    const corner = `${grey} -vf drawbox=x=0:y=0:w=80:h=60:c=white:t=fill ${H264} -pix_fmt yuv420p`;
    const path = await make('corner.mp4', corner);
    await writeFile(path, turnRight(await readFile(path), 180));
    const result = await transcode(path);
    expect(result.info.display).toEqual({ width: 360, height: 640 });
    expect((await pixelAt(result.path, { x: 340, y: 20 }, 'gray'))[0]).toBeGreaterThan(220);
    expect((await pixelAt(result.path, { x: 20, y: 20 }, 'gray'))[0]).toBeLessThan(150);
  });

  it('of oblong pixels shows a square as a square', async () => {
    // Stored 180 × 288 with pixels of 64:45: shown 256 × 288. A square of 64 shown pixels is 45 stored ones wide.
    const square = 'drawbox=x=45:y=100:w=45:h=64:c=white:t=fill,setsar=64/45';
    const clip = `-f lavfi -i color=black:s=180x288:r=25:d=1 -vf ${square} ${H264} -pix_fmt yuv420p`;
    const { path, info } = await transcode(await make('oblong.mp4', clip));
    expect(info.video).toMatchObject({ width: 360, height: 404, sampleAspect: 1 });
    const scale = 360 / 256;
    const at = async (x: number, y: number): Promise<number> =>
      (await pixelAt(path, { x: Math.round(x * scale), y: Math.round(y * scale) }, 'gray'))[0] ?? 0;
    expect(await at(64 + 4, 104)).toBeGreaterThan(200);
    expect(await at(64 + 60, 160)).toBeGreaterThan(200);
    expect(await at(64 - 5, 130)).toBeLessThan(50);
    expect(await at(64 + 69, 130)).toBeLessThan(50);
  });

  it('that was interlaced has no combs left', async () => {
    const { path, info } = await transcode(await box.clip('interlaced'));
    expect(info.video?.isInterlaced).toBe(false);
    const args = ['-hide_banner', '-nostdin', '-i', path, '-vf', 'idet', '-an', '-f', 'null', '-'];
    const { stderr } = await execa(tools.ffmpegPath, args);
    const [, top, bottom, whole] =
      /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)/.exec(stderr) ?? [];
    expect(Number(whole)).toBeGreaterThan(5 * (Number(top) + Number(bottom)));
  });

  it('of variable rate keeps its times', async () => {
    // White from 0.6 s on, in a clip whose frames stand at 0, 0.2, 0.6 and 0.8 s.
    const steps = "select='not(eq(n,2))',drawbox=c=white:t=fill:enable='gte(t,0.55)'";
    const args = ['-f', 'lavfi', '-i', 'color=black:s=320x180:r=5:d=1', '-vf', steps, '-vsync', 'vfr'];
    const source = join(scratch.folder, 'steps.mkv');
    await runFfmpeg(tools, [...args, ...H264.split(' '), '-pix_fmt', 'yuv420p', source]);
    const { path } = await transcode(source);
    expect((await pixelAt(path, { x: 50, y: 50 }, 'gray'))[0]).toBeLessThan(30);
    const later = await make('later.mkv', `-ss 0.2 -i ${path} -an -c:v libx264 -preset ultrafast`);
    expect((await pixelAt(later, { x: 50, y: 50 }, 'gray'))[0]).toBeGreaterThan(220);
  });

  it.each([
    ['PQ', 'smpte2084'],
    ['HLG', 'arib-std-b67'],
  ])(
    'in HDR (%s) is neither pale nor dark once it is tone-mapped, and stays HDR where the template says so',
    async (_, transfer) => {
      const source = await make(`${transfer}.mp4`, hdrWhite(transfer));
      const { path, info } = await transcode(source);
      expect(info.video).toMatchObject({ transfer: 'bt709', matrix: 'bt709', pixelFormat: 'yuv420p' });
      const [luma = 0] = await pixelAt(path, { x: 100, y: 100 }, 'gray');
      expect(luma).toBeGreaterThan(150);
      expect(luma).toBeLessThanOrEqual(236);
      const kept = await keepHdr(source);
      expect(kept.video).toMatchObject({
        codec: 'hevc',
        transfer,
        primaries: 'bt2020',
        pixelFormat: 'yuv420p10le',
      });
    },
  );
});

/** A white of about 200 cd/m², in ten bits. */
function hdrWhite(transfer: string): string {
  const params = `log-level=error:repeat-headers=1:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
  const signal = transfer === 'smpte2084' ? '0x949494' : '0xBFBFBF';
  const encoder = `-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -x265-params ${params}`;
  return `-f lavfi -i color=${signal}:s=320x180:r=25:d=1 ${encoder}`;
}

async function keepHdr(sourcePath: string): Promise<SourceInfo> {
  const video = { Codec: 'libx265', Fps: 25, Bitrate: 400, Height: 180, PreserveHDRSwitch: 'ON' };
  const work = planVideoWork(
    await probeMedia(sourcePath, { tools }),
    { Container: 'mp4', RemoveAudio: 1, VideoTemplate: video },
    { definition: 1000, x264Preset: 'ultrafast', ...tools },
  );
  const made = await runWork(work, {
    sourcePath,
    tools,
    logger: quietLogger,
    scratchFolder: await scratch.subfolder(),
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  if (!made.info) throw new Error('expected a look at the result');
  return made.info;
}

/** Sets the display matrix of the first track to "turn right by 90°" (ISO/IEC 14496-12, 8.3.2). */
function turnRight(mp4: Buffer, height: number): Buffer {
  const matrix = Buffer.alloc(36);
  for (const [index, value] of [0, 0x10000, 0, -0x10000, 0, 0, height * 0x10000, 0, 0x40000000].entries()) {
    matrix.writeInt32BE(value, index * 4);
  }
  const copy = Buffer.from(mp4);
  matrix.copy(copy, copy.indexOf('tkhd') + 44);
  return copy;
}

describe('the sound', () => {
  it('of the centre of 5.1 is heard from both sides', async () => {
    const centre = `${tone(1, 'mono')},pan=5.1|c2=c0`;
    const clip = await make('centre.mkv', `${grey} ${centre} ${H264} -pix_fmt yuv420p -c:a ac3`);
    const { path } = await transcode(clip);
    for (const channel of [0, 1]) expect(await volume(path, channel, 0.1, 0.8)).toBeGreaterThan(LOUD);
  });

  it('of one channel is heard from both sides', async () => {
    const clip = await make('mono.mp4', `${grey} ${tone(1, 'mono')} ${H264} -pix_fmt yuv420p -c:a aac`);
    const { path, info } = await transcode(clip);
    expect(info.audio).toMatchObject([{ channels: 2 }]);
    for (const channel of [0, 1]) expect(await volume(path, channel, 0.1, 0.8)).toBeGreaterThan(LOUD);
  });

  it('that begins late begins late', async () => {
    const late = '-f lavfi -i color=gray:s=320x180:r=25:d=3 -itsoffset 1.5';
    const clip = await make('late.mkv', `${late} ${tone(1.5)} ${H264} -pix_fmt yuv420p -c:a aac`);
    const { path } = await transcode(clip);
    expect(await volume(path, 0, 0.1, 1.2)).toBeLessThan(SILENT);
    expect(await volume(path, 0, 1.7, 1)).toBeGreaterThan(LOUD);
  });

  it('of the default track is taken, not of the first', async () => {
    const silence = '-f lavfi -i anullsrc=r=48000:cl=stereo:d=1';
    const maps = '-map 0:v -map 1:a -map 2:a -disposition:a:0 0 -disposition:a:1 default';
    const clip = await make(
      'tracks.mkv',
      `${grey} ${silence} ${tone(1)} ${maps} ${H264} -pix_fmt yuv420p -c:a aac`,
    );
    const { path, info } = await transcode(clip);
    expect(info.audio).toHaveLength(1);
    expect(await volume(path, 0, 0.1, 0.8)).toBeGreaterThan(LOUD);
  });

  it('goes on after the last picture', async () => {
    const clip = await make('longer.mkv', `${grey} ${tone(3)} ${H264} -pix_fmt yuv420p -c:a aac`);
    const { path, info } = await transcode(clip);
    expect(info.audio[0]?.durationSec).toBeCloseTo(3, 0);
    expect(await volume(path, 0, 2.2, 0.6)).toBeGreaterThan(LOUD);
  });

  it('may be missing', async () => {
    const { info } = await transcode(await make('mute.mp4', `${grey} ${H264} -pix_fmt yuv420p`));
    expect(info.audio).toEqual([]);
  });
});

describe('the rate', () => {
  it.each(['noise=alls=20:allf=t', 'noise=alls=60:allf=t'])(
    'of two seconds of hard content is that of the template, give or take a twentieth: %s',
    async (noise) => {
      const hard = `-f lavfi -i mandelbrot=s=640x360:r=25,${noise} -t 2 ${H264} -crf 10 -pix_fmt yuv420p`;
      const { info } = await transcode(await make('hard.mp4', hard));
      const kbps = (info.video?.bitrateBps ?? 0) / 1000;
      expect(kbps).toBeGreaterThan(380);
      expect(kbps).toBeLessThan(420);
    },
  );
});
