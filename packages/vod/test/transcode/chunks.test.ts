import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChunks } from '../../src/transcode/chunks/run-chunks.ts';
import {
  type ChunkOptions,
  type MediaTools,
  planTranscode,
  probeKeyframes,
  probeMedia,
  runTranscode,
  type TranscodedFile,
  type TranscodePlan,
} from '../../src/transcode/index.ts';
import { quietLogger, runFfmpeg, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { sampleSource, sampleVideo, spec } from './source-samples.ts';

const CUT: ChunkOptions = { minSourceSec: 6, partSec: 5, parallel: 2, keyframesSec: [] };
const { signal } = new AbortController();

let tools: MediaTools;
let scratch: Scratch;
let clip: string;
let whole: TranscodedFile;
let joined: TranscodedFile;
let plan: TranscodePlan;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  // 29.97 frames a second into 25, keyframes where the encoder put them, a beep every second: seams show in each of them.
  clip = join(scratch.folder, 'long.mp4');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=30000/1001:d=12.3'];
  const beeps = ['-f', 'lavfi', '-i', 'sine=f=300:b=4:r=48000:d=12.3'];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '70',
    '-c:a',
    'aac',
  ];
  await runFfmpeg(tools, [...picture, ...beeps, ...codecs, clip]);
  whole = await make(await planClip(), await scratch.subfolder());
  plan = await planClip(CUT);
  joined = await make(plan, await scratch.subfolder());
}, 240_000);
afterAll(() => scratch.remove());

async function planClip(cut?: ChunkOptions): Promise<TranscodePlan> {
  const source = await probeMedia(clip, { tools });
  const keyframesSec = await probeKeyframes(clip, source, { tools, signal });
  const chunks = cut && { ...cut, keyframesSec };
  return planTranscode(source, [spec(100010)], { x264Preset: 'veryfast', canToneMap: false, chunks });
}

async function make(planned: TranscodePlan, scratchFolder: string): Promise<TranscodedFile> {
  const common = { tools, signal, logger: quietLogger, onProgress: () => {} };
  const { results } = await runTranscode(planned, { ...common, sourcePath: clip, scratchFolder });
  const [result] = results;
  if (!result || !('path' in result)) throw new Error(`not made: ${JSON.stringify(result)}`);
  return result;
}

/** SSIM of each frame of a rendition against the source, scaled and timed as a rendition is. */
async function likeness(path: string): Promise<number[]> {
  const log = join(scratch.folder, 'ssim.txt');
  const graph = `[0:v]fps=25:start_time=0,scale=640:360:flags=bicubic[ref];[1:v][ref]ssim=${log}`;
  await runFfmpeg(tools, ['-i', clip, '-i', path, '-filter_complex', graph, '-f', 'null', '-']);
  return [...(await readFile(log, 'utf8')).matchAll(/All:([\d.]+)/g)].map(([, value]) => Number(value));
}

describe('a long source in parts', () => {
  it('begins them on the keyframe grid, none longer than it must be', () => {
    expect(plan.chunks?.parts.map(({ startSec }) => startSec % 2)).toEqual([0, 0, 0, 0]);
    const frames = plan.chunks?.parts.map((part) => part.frames?.[0] ?? null) ?? [];
    expect(frames.at(-1)).toBeNull();
    expect(frames.slice(0, -1).every((count) => count !== null && count % 50 === 0)).toBe(true);
  });

  it('has as many frames, as long a picture and as long a sound as from one run', () => {
    expect(joined.info.video?.frameCount).toBe(whole.info.video?.frameCount);
    expect(joined.info.video?.durationSec).toBeCloseTo(whole.info.video?.durationSec ?? 0, 2);
    expect(joined.info.video?.startSec).toBe(whole.info.video?.startSec);
    expect(joined.info.audio[0]?.durationSec).toBeCloseTo(whole.info.audio[0]?.durationSec ?? 0, 2);
  });

  it('shows the right picture at each time, at the seams too', async () => {
    const [of, ofWhole] = [await likeness(joined.path), await likeness(whole.path)];
    expect(of).toHaveLength(ofWhole.length);
    // Another frame of this moving test picture would be at 0.9 or less.
    const worst = Math.min(...of.map((value, i) => value - (ofWhole[i] ?? 0)));
    expect(worst).toBeGreaterThan(-0.03);
  });

  it('has the very sound of one run', async () => {
    const hash = async (path: string): Promise<string> => {
      const out = join(scratch.folder, 'sound.md5');
      await runFfmpeg(tools, ['-i', path, '-map', '0:a', '-c', 'copy', '-f', 'md5', out]);
      return await readFile(out, 'utf8');
    };
    expect(await hash(joined.path)).toBe(await hash(whole.path));
  });

  it('is turned down when a part has other frames than planned, and then made by one run', async () => {
    const [first, ...others] = plan.chunks?.parts ?? [];
    if (!plan.chunks || !first) throw new Error('the clip was not cut');
    const wrong = { ...plan.chunks, parts: [{ ...first, frames: [1] }, ...others] };
    const scratchFolder = await scratch.subfolder();
    const options = { tools, signal, logger: quietLogger, sourcePath: clip, scratchFolder };
    await expect(runChunks(wrong, { ...options, onPercent: () => {} })).rejects.toThrow(/instead of 1/);
    const made = await make({ ...plan, chunks: wrong }, await scratch.subfolder());
    expect(made.info.video?.frameCount).toBe(whole.info.video?.frameCount);
  });

  it.each([
    ['short', sampleSource({ durationSec: 5 })],
    ['in 4:4:4', sampleSource({ video: sampleVideo({ pixelFormat: 'yuv444p' }) })],
    ['a stream without an index', sampleSource({ container: 'mpegts' })],
  ])('is not cut when it is %s', (_, source) => {
    expect(planTranscode(source, [spec(100010)], { canToneMap: false, chunks: CUT }).chunks).toBeUndefined();
  });
});
