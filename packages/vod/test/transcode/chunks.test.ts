import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { processesIn } from '../support/processes.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';
import { sampleSource, sampleVideo, spec } from './source-samples.ts';

const PART_SEC = 2;
const SPECS = [spec(100010)];

let tools: MediaTools;
let scratch: Scratch;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
});
afterAll(() => scratch.remove());

/** Pictures that move fast, so that one at the wrong time shows, and a beep every quarter of a second. */
const PICTURE = 'testsrc2=s=320x180:r=30000/1001:d=9.3';
const H264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p';

/** ffmpeg's arguments after the inputs, separated by single spaces; the last one is the file's name. */
const SOURCES: Readonly<Record<string, string>> = {
  'with B-frames and keyframes where the encoder puts them': `${H264} -bf 3 -g 71 plain.mp4`,
  'with open groups of pictures, whose clock does not begin at zero': `${H264} -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=40:min-keyint=40:scenecut=0 -output_ts_offset 7.3 open.mkv`,
  'with a changing frame rate': `-vf select=not(mod(n\\,7))+lt(mod(n\\,50)\\,20) -vsync vfr ${H264} -bf 2 -g 45 variable.mp4`,
};

interface Made {
  readonly clip: string;
  readonly plan: TranscodePlan;
  readonly whole: TranscodedFile;
  readonly joined: TranscodedFile;
  readonly percents: readonly number[];
}

const clips = new Map<string, Promise<string>>();

function findClip(name: string): Promise<string> {
  const clip = clips.get(name) ?? makeClip(name);
  clips.set(name, clip);
  return clip;
}

async function makeClip(name: string): Promise<string> {
  const args = (SOURCES[name] ?? '').split(' ');
  const clip = join(scratch.folder, args.pop() ?? '');
  const inputs = ['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', 'sine=f=300:b=4:r=48000:d=9.3'];
  await runFfmpeg(tools, [...inputs, ...args, '-c:a', 'aac', clip]);
  return clip;
}

async function planClip(clip: string, cut?: Pick<ChunkOptions, 'partSec'>): Promise<TranscodePlan> {
  const source = await probeMedia(clip, { tools });
  const { signal } = new AbortController();
  const chunks = cut && { ...cut, keyframesSec: await probeKeyframes(clip, source, { tools, signal }) };
  return planTranscode(source, SPECS, { x264Preset: 'veryfast', canToneMap: false, chunks });
}

interface Run {
  readonly sourcePath: string;
  readonly scratchFolder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (percent: number) => void;
  readonly onWarn?: (reason: string) => void;
}

async function run(plan: TranscodePlan, own: Run): ReturnType<typeof runTranscode> {
  const warn = (fields: unknown): void => own.onWarn?.((fields as { reason: string }).reason);
  const common = { tools, signal: new AbortController().signal, onProgress: () => {} };
  return await runTranscode(plan, { ...common, ...own, logger: { ...quietLogger, warn } });
}

async function make(plan: TranscodePlan, own: Omit<Run, 'scratchFolder'>): Promise<TranscodedFile> {
  const { results } = await run(plan, { ...own, scratchFolder: await scratch.subfolder() });
  const [result] = results;
  if (!result || !('path' in result)) throw new Error(`not made: ${JSON.stringify(result)}`);
  return result;
}

async function makeBoth(clip: string): Promise<Made> {
  const whole = await make(await planClip(clip), { sourcePath: clip });
  const plan = await planClip(clip, { partSec: PART_SEC });
  const percents: number[] = [];
  const joined = await make(plan, {
    sourcePath: clip,
    onProgress: (percent) => percents.push(percent),
    onWarn: (reason) => expect.fail(`it was not made in parts: ${reason}`),
  });
  return { clip, plan, whole, joined, percents };
}

/** SSIM of each frame of two renditions against the source, scaled and timed as a rendition is. */
async function likeness(clip: string, paths: readonly [string, string]): Promise<[number[], number[]]> {
  const folder = await scratch.subfolder();
  const logs = [join(folder, '0.txt'), join(folder, '1.txt')] as const;
  const head = '[0:v]fps=25:start_time=0,scale=640:360:flags=bicubic,split[a][b]';
  const graph = `${head};[1:v][a]ssim=${logs[0]}[c];[2:v][b]ssim=${logs[1]}[d]`;
  const inputs = [clip, ...paths].flatMap((path) => ['-i', path]);
  const sink = ['-f', 'null', '-'];
  await runFfmpeg(tools, [
    ...inputs,
    '-filter_complex',
    graph,
    '-map',
    '[c]',
    ...sink,
    '-map',
    '[d]',
    ...sink,
  ]);
  return [await readLikeness(logs[0]), await readLikeness(logs[1])];
}

async function readLikeness(log: string): Promise<number[]> {
  return [...(await readFile(log, 'utf8')).matchAll(/All:([\d.]+)/g)].map(([, value]) => Number(value));
}

/** Times and bytes of the sound, packet by packet. */
async function soundOf(path: string): Promise<string> {
  const shown = ['-show_packets', '-show_entries', 'packet=pts_time,duration_time,data_hash,flags'];
  const args = [
    '-v',
    'error',
    '-select_streams',
    'a',
    ...shown,
    '-show_data_hash',
    'md5',
    '-of',
    'csv',
    path,
  ];
  return (await execa(tools.ffprobePath, args)).stdout;
}

async function frameTimes(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0'];
  const { stdout } = await execa(tools.ffprobePath, [...args, path]);
  return stdout
    .split('\n')
    .map((line) => Math.round(Number.parseFloat(line) * 1000))
    .filter((ms) => !Number.isNaN(ms));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(Object.keys(SOURCES))('a source %s, in parts', (name) => {
  let made: Made;
  beforeAll(async () => {
    made = await makeBoth(await findClip(name));
  });

  it('is cut on the grid of keyframes, and every part but the last has a number of frames that is known before', () => {
    const parts = made.plan.chunks?.parts ?? [];
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.map(({ startSec }) => startSec % 2)).toEqual(parts.map(() => 0));
    expect(parts.slice(0, -1).map(({ frames }) => (frames[0] ?? 1) % 50)).toEqual(
      parts.slice(1).map(() => 0),
    );
  });

  it('has the frames of one run, each at its time, and the sound of one run to the byte', async () => {
    expect(await frameTimes(made.joined.path)).toEqual(await frameTimes(made.whole.path));
    expect(await soundOf(made.joined.path)).toBe(await soundOf(made.whole.path));
    const { durationSec, video } = made.joined.info;
    expect(durationSec).toBeCloseTo(made.whole.info.durationSec, 2);
    expect(video?.startSec).toBe(made.whole.info.video?.startSec);
  });

  it('shows the right picture at each time, and is as good at the seams as elsewhere', async () => {
    const [of, ofWhole] = await likeness(made.clip, [made.joined.path, made.whole.path]);
    expect(of).toHaveLength(ofWhole.length);
    const lost = of.map((value, i) => (ofWhole[i] ?? 0) - value);
    // Another frame of this moving picture would be at 0.9 or less.
    expect(Math.max(...lost)).toBeLessThan(0.03);
    const seams = (made.plan.chunks?.parts ?? []).slice(1).map(({ startSec }) => startSec * 25);
    const near = seams.flatMap((seam) => lost.slice(seam - 5, seam + 5));
    expect(mean(near)).toBeLessThan(mean(lost) + 0.005);
  });

  it('tells of its progress without going back', () => {
    expect(made.percents).toEqual(made.percents.toSorted((a, b) => a - b));
    expect(made.percents.at(-1)).toBe(100);
    expect(made.percents.length).toBeGreaterThan(4);
  });
});

describe('parts that go wrong', () => {
  const [name = ''] = Object.keys(SOURCES);

  it('are thrown away when they do not fit, and one run makes the same', async () => {
    const clip = await findClip(name);
    const plan = await planClip(clip, { partSec: PART_SEC });
    const [first, ...others] = plan.chunks?.parts ?? [];
    if (!plan.chunks || !first) throw new Error('the clip was not cut');
    const wrong = { ...plan.chunks, parts: [{ ...first, frames: [1] }, ...others] };
    const reasons: string[] = [];
    const { info } = await make(
      { ...plan, chunks: wrong },
      { sourcePath: clip, onWarn: (reason) => reasons.push(reason) },
    );
    expect(reasons).toEqual([`a part has ${first.frames[0]} frames instead of 1`]);
    expect(info.video?.frameCount).toBe(Math.round(9.3 * 25));
  });

  it('fail with their reason when the machine is at fault', async () => {
    const clip = await findClip(name);
    const plan = await planClip(clip, { partSec: PART_SEC });
    const { results, failure } = await runTranscode(plan, {
      sourcePath: clip,
      scratchFolder: await scratch.subfolder(),
      signal: new AbortController().signal,
      onProgress: () => {},
      logger: quietLogger,
      tools: { ...tools, ffmpegPath: '/nowhere/ffmpeg' },
    });
    expect(results).toMatchObject([{ definition: 100010, errCodeExt: 'InternalError' }]);
    expect(failure?.errCodeExt).toBe('InternalError');
  });

  it('end with their processes when the run is cancelled', async () => {
    const clip = await findClip(name);
    const plan = await planClip(clip, { partSec: PART_SEC });
    const scratchFolder = await scratch.subfolder();
    const stop = new AbortController();
    const running = run(plan, { sourcePath: clip, scratchFolder, signal: stop.signal });
    const ended = running.then(
      () => 'it was too fast',
      (error: unknown) => String(error),
    );
    await waitUntil('a part is under way', async () =>
      (await readdir(scratchFolder)).some((entry) => entry.startsWith('part-')),
    );
    stop.abort(new Error('stop'));
    expect(await ended).toBe('Error: stop');
    expect(await processesIn(scratchFolder)).toEqual([]);
  });
});

describe('a source', () => {
  const chunks = { partSec: 10, keyframesSec: [] };

  it.each([
    ['short', sampleSource({ durationSec: 40 })],
    ['in 4:4:4', sampleSource({ video: sampleVideo({ pixelFormat: 'yuv444p' }) })],
    ['a stream without an index', sampleSource({ container: 'mpegts' })],
    ['in fragments', sampleSource({ video: sampleVideo({ frameCount: null }) })],
    ['of unknown length', sampleSource({ video: sampleVideo({ isDurationExact: false }) })],
  ])('is not cut when it is %s', (_, source) => {
    expect(planTranscode(source, SPECS, { canToneMap: false, chunks }).chunks).toBeUndefined();
  });

  it('is cut into an even number of parts, behind its keyframes where that is near', () => {
    const keyframesSec = [0, 8.4, 16.9, 22.1, 30.2, 39.6, 50.9];
    const options = { canToneMap: false, chunks: { partSec: 10, keyframesSec } };
    const { chunks: plan } = planTranscode(sampleSource(), SPECS, options);
    expect(plan?.parts.map(({ startSec }) => startSec)).toEqual([0, 10, 18, 32, 42, 52]);
  });
});
