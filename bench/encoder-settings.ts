import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLogger, findMediaTools, loadConfig } from '@vodstack/platform';
import { planTranscode, prepareMediaTools, probeMedia } from '@vodstack/vod';
import type { BenchResult } from './bench-result.ts';

const run = promisify(execFile);
const PRESETS = ['veryfast', 'faster', 'fast', 'medium', 'slow'] as const;
const SEC = 4;

/** As preset 100010. */
const SPEC = {
  definition: 100010,
  container: 'mp4',
  video: { shortSide: 360, bitrateKbps: 400, fps: 25 },
  audio: { bitrateKbps: 64, sampleRateHz: 44_100, channels: 2 },
} as const;

/**
 * What each x264 preset costs and gives: processor time, rate and likeness (SSIM, 1 is the same) of a 360p rendition. Processor time, not
 * the clock: a busy machine changes it little. Arguments: a media file of which four seconds are taken; without one they are made.
 */
export async function encoderSettings(args: readonly string[]): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-bench-'));
  try {
    const { ffmpegPath, ...paths } = await findMediaTools();
    const tools = await prepareMediaTools(
      { ffmpegPath, ...paths },
      {
        logger: createLogger({ level: 'silent' }),
        searchPath: loadConfig({ env: process.env, options: {} }).searchPath,
      },
    );
    const source = await takeSample(ffmpegPath, args[0], join(folder, 'source.mp4'));
    const info = await probeMedia(source, { tools });
    const figures: Record<string, number> = {};
    for (const preset of PRESETS) {
      const { canToneMap } = tools;
      const { ffmpegArgs } = planTranscode(info, [SPEC], { x264Preset: preset, canToneMap });
      const encode = ['-nostdin', '-y', '-benchmark', '-i', source, ...ffmpegArgs];
      const { stderr } = await run(ffmpegPath, encode, { cwd: folder });
      const [, user = '0', system = '0'] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
      const made = join(folder, 'v.f100010.mp4');
      figures[`${preset}CpuSec`] = Number((Number(user) + Number(system)).toFixed(2));
      figures[`${preset}Kbps`] = Math.round(((await stat(made)).size * 8) / SEC / 1000);
      figures[`${preset}Ssim`] = await likeness(ffmpegPath, made, source);
    }
    const base = figures['mediumCpuSec'] ?? 1;
    return {
      figures,
      ratios: Object.fromEntries(
        PRESETS.map((preset) => [
          `${preset}ToMediumCpu`,
          Number(((figures[`${preset}CpuSec`] ?? 0) / base).toFixed(2)),
        ]),
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeSample(ffmpegPath: string, given: string | undefined, path: string): Promise<string> {
  const made = ['-f', 'lavfi', '-i', 'mandelbrot=s=1920x1080:r=25,noise=alls=8:allf=t'];
  const input = given ? ['-i', given, '-c', 'copy'] : [...made, '-c:v', 'libx264', '-preset', 'ultrafast'];
  await run(ffmpegPath, ['-v', 'error', '-y', ...input, '-t', String(SEC), path]);
  return path;
}

async function likeness(ffmpegPath: string, made: string, source: string): Promise<number> {
  const graph = '[1:v]fps=25,scale=640:360:flags=bicubic[r];[0:v][r]ssim=shortest=1';
  const args = ['-nostdin', '-i', made, '-i', source, '-lavfi', graph, '-an', '-f', 'null', '-'];
  const { stderr } = await run(ffmpegPath, args);
  return Number(/All:([\d.]+)/.exec(stderr)?.[1]);
}
