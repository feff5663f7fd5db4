import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MadeWork,
  type MediaTools,
  planTimeline,
  probeMedia,
  runWork,
  type Timeline,
  type TimelineItem,
} from '../../src/transcode/index.ts';
import { quietLogger, runFfmpeg, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

let tools: MediaTools;
let scratch: Scratch;
let red: TimelineItem;
let blue: TimelineItem;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  [red, blue] = [await piece('red', 440), await piece('blue', 880)];
});
afterAll(() => scratch.remove());

/** A second of one colour, 160 × 90, with a tone; fills the canvas from the beginning. */
async function piece(color: string, hertz: number): Promise<TimelineItem> {
  const path = join(scratch.folder, `${color}.mp4`);
  const picture = ['-f', 'lavfi', '-i', `color=${color}:s=160x90:r=25:d=1`];
  const sound = ['-f', 'lavfi', '-i', `sine=f=${hertz}:r=48000:d=1`];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await runFfmpeg(tools, [...picture, ...sound, ...codecs, path]);
  const source = await probeMedia(path, { tools });
  return { path, source, startSec: 0, shownSec: 1, fromSec: 0, takenSec: 1, picture: place(), sound: full };
}

const full = { gain: 1, fadeInSec: 0, fadeOutSec: 0 };

function place(
  changes: Partial<NonNullable<TimelineItem['picture']>> = {},
): NonNullable<TimelineItem['picture']> {
  return {
    size: { width: 0, height: 0 },
    isFitted: false,
    dx: 0,
    dy: 0,
    turns: [],
    fadeInSec: 0,
    ...changes,
  };
}

async function make(timeline: Partial<Timeline>): Promise<string> {
  const canvas = { width: 160, height: 90, color: 'white' as const, fps: 25 };
  const work = planTimeline(
    { items: [], durationSec: 2, hasSound: true, canvas, ...timeline },
    { Container: 'mp4', VideoTemplate: { Codec: 'libx264' }, AudioTemplate: { Codec: 'libfdk_aac' } },
    { x264Preset: 'ultrafast', encoders: tools.encoders, canToneMap: tools.canToneMap },
  );
  const made: MadeWork = await runWork(work, {
    sourcePath: red.path,
    tools,
    logger: quietLogger,
    scratchFolder: join(await scratch.subfolder(), 'made'),
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return made.files[0]?.path ?? '';
}

/** The name of the colour of a pixel. */
async function colorAt(path: string, sec: number, x = 80, y = 45): Promise<string> {
  const raw = join(scratch.folder, 'pixel.rgb');
  const pixel = `format=rgb24,crop=1:1:${x}:${y}:exact=1`;
  await runFfmpeg(tools, [
    '-ss',
    String(sec),
    '-i',
    path,
    '-frames:v',
    '1',
    '-vf',
    pixel,
    '-f',
    'rawvideo',
    raw,
  ]);
  const [r = 0, g = 0, b = 0] = await readFile(raw);
  const names = [r > 180 && 'red', g > 180 && 'green', b > 180 && 'blue'].filter(Boolean).join('+');
  return { 'red+green+blue': 'white', '': r + b > 150 ? 'mixed' : 'black' }[names] ?? names;
}

/** Mean volume in dB around a frequency. */
async function volume(path: string, hertz: number, fromSec: number, lengthSec: number): Promise<number> {
  const part = ['-ss', String(fromSec), '-t', String(lengthSec), '-i', path];
  const filter = `bandpass=f=${hertz}:width_type=h:w=40,bandpass=f=${hertz}:width_type=h:w=40,volumedetect`;
  const args = ['-hide_banner', '-nostdin', ...part, '-vn', '-af', filter, '-f', 'null', '-'];
  const { stderr } = await execa(tools.ffmpegPath, args);
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}

describe('what is composed', () => {
  it('shows each piece in its time, and the canvas where there is none', async () => {
    const path = await make({ items: [red, { ...blue, startSec: 1.5 }], durationSec: 2.5 });
    expect(await colorAt(path, 0.1)).toBe('red');
    expect(await colorAt(path, 1.2)).toBe('white');
    expect(await colorAt(path, 1.7)).toBe('blue');
    expect(await volume(path, 440, 0.2, 0.6)).toBeGreaterThan(-40);
    expect(await volume(path, 440, 1.1, 0.3)).toBeLessThan(-60);
    expect(await volume(path, 880, 1.7, 0.6)).toBeGreaterThan(-40);
  });

  it('lays later pieces over earlier ones, where they are put', async () => {
    const small = place({ size: { width: 40, height: 0 }, dx: 40, dy: -20 });
    const path = await make({ items: [red, { ...blue, picture: small }], durationSec: 1 });
    expect(await colorAt(path, 0.5)).toBe('red');
    expect(await colorAt(path, 0.5, 120, 25)).toBe('blue');
    expect(await volume(path, 440, 0.2, 0.6)).toBeGreaterThan(-40);
    expect(await volume(path, 880, 0.2, 0.6)).toBeGreaterThan(-40);
  });

  it('fades from one piece into the next', async () => {
    const fading = {
      ...blue,
      startSec: 0.5,
      picture: place({ fadeInSec: 0.5 }),
      sound: { ...full, fadeInSec: 0.5 },
    };
    const path = await make({ items: [red, fading], durationSec: 1.5 });
    expect(await colorAt(path, 0.2)).toBe('red');
    expect(await colorAt(path, 0.74)).toBe('mixed');
    expect(await colorAt(path, 1.2)).toBe('blue');
    expect(await volume(path, 880, 0.5, 0.15)).toBeLessThan((await volume(path, 880, 1.1, 0.3)) - 6);
  });

  it.each([
    ['transition=wipeleft', [150, 45], [10, 45]],
    ['transition=circleopen', [80, 45], [2, 2]],
    ["transition=custom:expr='if(gte(mod(X*10/W,1),P),B,A)'", [62, 45], [66, 45]],
  ] as const)('changes from one piece to the next by %s', async (transition, covered, open) => {
    const picture = place({ fadeInSec: 0.8, transition });
    const path = await make({ items: [red, { ...blue, startSec: 0.2, picture }], durationSec: 1.2 });
    expect(await colorAt(path, 0.6, ...covered)).toBe('blue');
    expect(await colorAt(path, 0.6, ...open)).toBe('red');
    expect(await colorAt(path, 0.1)).toBe('red');
    expect(await colorAt(path, 1.1)).toBe('blue');
  });

  it('plays a piece slower, and only the part that is asked for', async () => {
    const slow = { ...red, fromSec: 0.5, takenSec: 0.5, shownSec: 2 };
    const path = await make({ items: [slow], durationSec: 2 });
    expect(await colorAt(path, 1.9)).toBe('red');
    expect(await volume(path, 440, 1.5, 0.4)).toBeGreaterThan(-40);
  });

  it('turns and mirrors', async () => {
    const path = await make({
      items: [{ ...red, picture: place({ turns: [90, 'horizontal'] }) }],
      durationSec: 1,
    });
    // 160 × 90 on end: 90 wide, and as high as the canvas.
    expect(await colorAt(path, 0.5)).toBe('red');
    expect(await colorAt(path, 0.5, 10, 45)).toBe('white');
  });

  it('changes volumes, and leaves out sounds that are muted', async () => {
    const path = await make({
      items: [
        { ...red, sound: { ...full, gain: 0.1 } },
        { ...blue, sound: undefined },
      ],
      durationSec: 1,
    });
    expect(await volume(path, 880, 0.2, 0.6)).toBeLessThan(-60);
    const loud = await make({ items: [red], durationSec: 1 });
    expect(await volume(loud, 440, 0.2, 0.6)).toBeGreaterThan((await volume(path, 440, 0.2, 0.6)) + 15);
  });

  it('holds a picture that stands still', async () => {
    const still = join(scratch.folder, 'green.png');
    await runFfmpeg(tools, ['-f', 'lavfi', '-i', 'color=0x00ff00:s=160x90', '-frames:v', '1', still]);
    const item = { ...red, path: still, source: null, sound: undefined, startSec: 0.5 };
    const path = await make({ items: [red, item], durationSec: 2 });
    expect(await colorAt(path, 0.2)).toBe('red');
    expect(await colorAt(path, 1.2)).toBe('green');
    expect(await colorAt(path, 1.8)).toBe('white');
  });

  it('keeps a piece of another shape in proportion inside the frame', async () => {
    const fitted = { ...red, picture: place({ size: { width: 90, height: 90 }, isFitted: true }) };
    const canvas = { width: 90, height: 90, color: 'black' as const, fps: 25 };
    const path = await make({ items: [fitted], durationSec: 1, canvas });
    expect(await colorAt(path, 0.5, 45, 45)).toBe('red');
    expect(await colorAt(path, 0.5, 45, 10)).toBe('black');
  });
});
