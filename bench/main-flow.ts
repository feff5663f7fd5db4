import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transcodePresets } from '@vodstack/protocol';
import { createLogger, findMediaTools, loadConfig } from '@vodstack/platform';
import { planTranscode, prepareMediaTools, probeMedia } from '@vodstack/vod';
import { eventually } from '../tests/support/eventually.ts';
import { startStack } from '../tests/support/stack.ts';
import { uploadFile } from '../tests/support/upload.ts';
import type { BenchResult } from './bench-result.ts';

const ROUNDS = 3;

/**
 * From "upload committed" to "URLs recorded" through the whole stack, against the same ffmpeg command alone.
 * Arguments: a media file; without one, 20 s of hard synthetic 1080p are made.
 */
export async function mainFlow(args: readonly string[]): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-bench-'));
  const source = args[0] ?? (await synthesize(join(folder, 'source.mp4')));
  const stack = await startStack();
  try {
    const flows: number[] = [];
    const bares: number[] = [];
    await measureFlow(stack, source); // the first run warms the disk cache and the function
    for (let round = 0; round < ROUNDS; round++) {
      flows.push(await measureFlow(stack, source));
      bares.push(await measureBare(source, folder));
    }
    const flowSec = median(flows);
    const bareSec = median(bares);
    return {
      figures: { rounds: ROUNDS, flowSec, bareFfmpegSec: bareSec, overheadSec: round3(flowSec - bareSec) },
      ratios: { flowToBareFfmpeg: round3(flowSec / bareSec) },
    };
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function synthesize(path: string): Promise<string> {
  const tools = await findMediaTools({});
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    'mandelbrot=s=1920x1080:r=30',
    '-f',
    'lavfi',
    '-i',
    'sine=frequency=440:sample_rate=48000',
  ];
  await run(
    tools.ffmpegPath,
    [
      '-v',
      'error',
      ...inputs,
      '-t',
      '20',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      path,
    ],
    tmpdir(),
  );
  return path;
}

async function measureFlow(stack: Awaited<ReturnType<typeof startStack>>, source: string): Promise<number> {
  const { FileId } = await uploadFile(stack, source);
  const began = performance.now();
  await eventually(
    'both URLs are recorded',
    async () => {
      const response = await fetch(`${stack.url}/console/api/media/${FileId}`);
      const { records } = (await response.json()) as { records: unknown[] };
      return records.length === 2;
    },
    600_000,
  );
  return round3((performance.now() - began) / 1000);
}

async function measureBare(source: string, folder: string): Promise<number> {
  const logger = createLogger({ level: 'silent' });
  const { searchPath } = loadConfig({ env: process.env });
  const tools = await prepareMediaTools(await findMediaTools({}), { logger, searchPath });
  const info = await probeMedia(source, { tools });
  const presets = transcodePresets.filter(({ definition }) => definition === 100010 || definition === 100020);
  const plan = planTranscode(info, presets, { canToneMap: tools.canToneMap });
  const began = performance.now();
  await run(tools.ffmpegPath, ['-v', 'error', '-nostdin', '-y', '-i', source, ...plan.ffmpegArgs], folder);
  return round3((performance.now() - began) / 1000);
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
