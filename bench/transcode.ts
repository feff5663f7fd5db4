import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, findMediaTools, loadConfig } from '@vodstack/platform';
import { findPresetTemplate, type TemplateKind, transcodePresets } from '@vodstack/protocol';
import {
  planAdaptive,
  planTask,
  planTranscode,
  prepareMediaTools,
  probeMedia,
  runTaskPlan,
  type TaskJob,
} from '@vodstack/vod';
import type { BenchResult } from './bench-result.ts';

type Preset = 'veryfast' | 'medium';
type Kind = TaskJob['lead']['kind'];

export interface Bench {
  readonly tools: Awaited<ReturnType<typeof prepareMediaTools>>;
  readonly logger: ReturnType<typeof createLogger>;
  readonly folder: string;
  readonly x264Preset: Preset;
}

export interface Source {
  readonly path: string;
  readonly info: Awaited<ReturnType<typeof probeMedia>>;
}

interface Spent {
  readonly cpuSec: number;
  readonly wallSec: number;
}

const PARTS = ['renditions', 'longVideo', 'short'] as const;

/**
 * What the plan of a task costs against one bare ffmpeg for each result, with the same encoder settings.
 * Arguments: x264 preset (veryfast, medium); which of renditions, longVideo, short (default: all); a media file, without one 12 s of hard
 * synthetic 1080p.
 */
export async function transcode(args: readonly string[]): Promise<BenchResult> {
  const [preset = 'medium', wanted = PARTS.join(','), path] = args;
  const bench = await openBench(preset);
  const { folder } = bench;
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  try {
    const whole = path ?? (await synthesize(bench, join(folder, 'source.mp4')));
    for (const part of PARTS.filter((name) => wanted.split(',').includes(name))) {
      const source = await open(bench, part === 'short' ? await firstSeconds(bench, whole) : whole);
      const { separate, planned } = await compare(bench, source, part);
      figures[`${part}SeparateCpuSec`] = separate.cpuSec;
      figures[`${part}PlannedCpuSec`] = planned.cpuSec;
      figures[`${part}SeparateWallSec`] = separate.wallSec;
      figures[`${part}PlannedWallSec`] = planned.wallSec;
      ratios[`${part}Cpu`] = round3(planned.cpuSec / separate.cpuSec);
      ratios[`${part}Wall`] = round3(planned.wallSec / separate.wallSec);
    }
    return { figures, ratios };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tools and a folder of its own, which the caller removes. */
export async function openBench(preset: string): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-bench-'));
  const logger = createLogger({ level: 'silent' });
  const { searchPath } = loadConfig({ env: process.env });
  const tools = await prepareMediaTools(await findMediaTools({}), { logger, searchPath });
  return { tools, logger, folder, x264Preset: preset === 'veryfast' ? preset : 'medium' };
}

async function compare(
  bench: Bench,
  source: Source,
  part: (typeof PARTS)[number],
): Promise<{ separate: Spent; planned: Spent }> {
  const mp4 = [100_010, 100_020].map((definition) => job('Transcode', definition));
  const pictures = [job('CoverBySnapshot', 10), job('ImageSprites', 10)];
  if (part === 'renditions') {
    return {
      separate: await spend(() => runEach(bench, source, rendered(bench, source))),
      planned: await spend(() => runPlanned(bench, source, mp4)),
    };
  }
  if (part === 'longVideo') {
    const commands = [...rungs(bench, source), ...drawn()];
    return {
      separate: await spend(() => runEach(bench, source, commands)),
      planned: await spend(() =>
        runPlanned(bench, source, [job('AdaptiveDynamicStreaming', 10), ...pictures]),
      ),
    };
  }
  const hls = [100_210, 100_220].map((definition) => job('Transcode', definition));
  return {
    separate: await spend(async () => {
      await probeMedia(source.path, { tools: bench.tools });
      await runEach(bench, source, [...rendered(bench, source), ...drawn()]);
      await runEach(bench, { ...source, path: 'v.f100010.mp4' }, [remux('a')]);
      await runEach(bench, { ...source, path: 'v.f100020.mp4' }, [remux('b')]);
    }),
    planned: await spend(() => runPlanned(bench, source, [...mp4, ...hls, ...pictures])),
  };
}

interface Command {
  readonly before?: readonly string[];
  readonly after: readonly string[];
}

/** Each rendition by a command of its own. */
export function rendered({ x264Preset, tools }: Bench, { info }: Source): Command[] {
  return transcodePresets
    .filter(({ definition }) => definition === 100_010 || definition === 100_020)
    .map((preset) => ({
      after: planTranscode(info, [preset], { x264Preset, canToneMap: tools.canToneMap }).ffmpegArgs,
    }));
}

/** Each stream of the adaptive preset by a command of its own. */
function rungs({ x264Preset, tools }: Bench, { info }: Source): Command[] {
  const rule = findPresetTemplate('AdaptiveDynamicStreaming', 10)?.parameters;
  const shown = Math.min(info.display?.width ?? 0, info.display?.height ?? 0);
  return (rule?.StreamInfos ?? [])
    .filter(({ Video }) => (Video?.Height ?? 0) <= shown)
    .flatMap((stream) => {
      const options = { definition: 10, fileId: '1', x264Preset, ...tools };
      return planAdaptive(
        info,
        { Format: 'HLS', StreamInfos: [stream], SegmentDuration: 6 },
        options,
      ).runs.map(({ ffmpegArgs }) => ({ after: ffmpegArgs }));
    });
}

/** A cover and sprites as one writes them by hand. */
function drawn(): Command[] {
  const picture = ['-q:v', '3', '-f', 'image2'];
  return [
    { before: ['-ss', '0'], after: ['-frames:v', '1', ...picture, '-update', '1', 'cover.jpg'] },
    { after: ['-an', '-vf', 'fps=1/10,scale=142:80,tile=10x10', ...picture, 'sprite_%d.jpg'] },
  ];
}

function remux(name: string): Command {
  return {
    after: ['-c', 'copy', '-f', 'hls', '-hls_time', '10', '-hls_playlist_type', 'vod', `${name}.m3u8`],
  };
}

export async function runEach(bench: Bench, source: Source, commands: readonly Command[]): Promise<void> {
  for (const { before = [], after } of commands)
    await ffmpeg(bench, [...before, '-i', source.path, ...after]);
}

export async function runPlanned(
  bench: Bench,
  { path, info }: Source,
  jobs: readonly TaskJob[],
  chunks?: Parameters<typeof planTask>[2]['chunks'],
): Promise<void> {
  const { tools, logger, x264Preset } = bench;
  const scratchFolder = join(bench.folder, 'planned');
  await mkdir(scratchFolder);
  const placed = jobs.map((each, position) => ({
    ...each,
    lead: { ...each.lead, position },
    positions: [position],
  }));
  const source = await probeMedia(path, { tools });
  const plan = planTask(info, placed, { source, tools, x264Preset, fileId: '1', chunks });
  const run = { tools, logger, x264Preset, source, sourcePath: path, scratchFolder };
  const { signal } = new AbortController();
  const outcomes = await runTaskPlan(plan, { ...run, signal, onProgress: () => {} });
  const failed = [...outcomes.values()].filter(({ ok }) => !ok);
  if (failed.length > 0) throw new Error(`expected every result, got ${JSON.stringify(failed)}`);
  await rm(scratchFolder, { recursive: true });
}

export function job(kind: Kind, definition: number): TaskJob {
  const families: Partial<Record<Kind, TemplateKind>> = {
    CoverBySnapshot: 'SnapshotByTimeOffset',
    ImageSprites: 'ImageSprite',
    AdaptiveDynamicStreaming: 'AdaptiveDynamicStreaming',
  };
  const parameters = findPresetTemplate(families[kind] ?? 'Transcode', definition)?.parameters ?? {};
  return { lead: { kind, definition, position: 0, input: {} }, positions: [0], parameters, watermarks: [] };
}

export async function open({ tools }: Bench, path: string): Promise<Source> {
  return { path, info: await probeMedia(path, { tools }) };
}

async function firstSeconds(bench: Bench, path: string): Promise<string> {
  const short = join(bench.folder, 'short.mp4');
  await ffmpeg(bench, ['-i', path, '-t', '3', '-c', 'copy', short]);
  return short;
}

export async function synthesize(bench: Bench, path: string): Promise<string> {
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    'mandelbrot=s=1920x1080:r=30',
    '-f',
    'lavfi',
    '-i',
    'sine=frequency=440',
  ];
  const codecs = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await ffmpeg(bench, [...inputs, '-t', '12', ...codecs, path]);
  return path;
}

export async function ffmpeg({ tools, folder }: Bench, args: readonly string[]): Promise<void> {
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const child = spawn(tools.ffmpegPath, [...quiet, ...args], { cwd: folder, stdio: [...stdio] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}: ${args.join(' ')}`);
}

export async function spend(work: () => Promise<void>): Promise<Spent> {
  const [cpu, wall] = [cpuSec(), performance.now()];
  await work();
  return { cpuSec: round3(cpuSec() - cpu), wallSec: round3((performance.now() - wall) / 1000) };
}

/** Of this process and all of its children that have ended: proc(5), /proc/pid/stat, in hundredths of a second. */
function cpuSec(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

export function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
