import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { probeKeyframes } from '@vodstack/vod';
import { awaitRecords } from '../tests/support/await-task.ts';
import { findFreePort, startChildServer } from '../tests/support/child-server.ts';
import { startChildWorker } from '../tests/support/child-worker.ts';
import { viewMedia } from '../tests/support/console-api.ts';
import { uploadFile } from '../tests/support/upload.ts';
import type { BenchResult } from './bench-result.ts';
import {
  type Bench,
  ffmpeg,
  job,
  open,
  openBench,
  rendered,
  round3,
  runEach,
  runPlanned,
  spend,
  synthesize,
} from './transcode.ts';

const ROUNDS = 4;
const PART_SEC = 10;
const DEADLINE_MS = 600_000;

/**
 * What cutting a long source costs and gains: in parts on all cores, against one bare ffmpeg for each rendition, one after the other, and
 * against one run for both; then by two workers against one, each with one core of its own.
 * Arguments: x264 preset (veryfast, medium); which of parts, workers (default: both); a media file of more than 45 s, without one 48 s of
 * hard synthetic 1080p.
 */
export async function chunks(args: readonly string[]): Promise<BenchResult> {
  const [preset = 'veryfast', wanted = 'parts,workers', given] = args;
  const bench = await openBench(preset);
  try {
    const path = given ?? (await makeLong(bench));
    const results = [
      ...(wanted.includes('parts') ? [await compareParts(bench, path)] : []),
      ...(wanted.includes('workers') ? [await compareWorkers(bench, path)] : []),
    ];
    return {
      figures: Object.assign({}, ...results.map(({ figures }) => figures)) as BenchResult['figures'],
      ratios: Object.assign({}, ...results.map(({ ratios }) => ratios)) as BenchResult['ratios'],
    };
  } finally {
    await rm(bench.folder, { recursive: true, force: true });
  }
}

async function makeLong(bench: Bench): Promise<string> {
  const once = await synthesize(bench, join(bench.folder, 'once.mp4'));
  const path = join(bench.folder, 'source.mp4');
  await ffmpeg(bench, ['-stream_loop', String(ROUNDS - 1), '-i', once, '-c', 'copy', path]);
  return path;
}

async function compareParts(bench: Bench, path: string): Promise<BenchResult> {
  const source = await open(bench, path);
  const jobs = [100_010, 100_020].map((definition) => job('Transcode', definition));
  const { signal } = new AbortController();
  const parts = await spend(async () => {
    const keyframesSec = await probeKeyframes(path, source.info, { tools: bench.tools, signal });
    await runPlanned(bench, source, jobs, { partSec: PART_SEC, keyframesSec });
  });
  const whole = await spend(() => runPlanned(bench, source, jobs));
  const bare = await spend(() => runEach(bench, source, rendered(bench, source)));
  return {
    figures: {
      bareWallSec: bare.wallSec,
      bareCpuSec: bare.cpuSec,
      wholeWallSec: whole.wallSec,
      wholeCpuSec: whole.cpuSec,
      partsWallSec: parts.wallSec,
      partsCpuSec: parts.cpuSec,
    },
    ratios: {
      partsToBareWall: round3(parts.wallSec / bare.wallSec),
      partsToWholeWall: round3(parts.wallSec / whole.wallSec),
      partsToWholeCpu: round3(parts.cpuSec / whole.cpuSec),
    },
  };
}

async function compareWorkers(bench: Bench, path: string): Promise<BenchResult> {
  const dataFolder = join(bench.folder, 'data');
  const env = { VODSTACK_PART_SECONDS: String(PART_SEC), VODSTACK_FAST: 'on' };
  const port = await findFreePort();
  const server = await startChildServer({
    dataFolder,
    port,
    env: { ...env, VODSTACK_TRANSCODE_CONCURRENCY: '0' },
  });
  const startWorker = (core: number): ReturnType<typeof startChildWorker> =>
    startChildWorker(dataFolder, env, ['taskset', '--cpu-list', String(core)]);
  const workers = [await startWorker(0)];
  try {
    const oneSec = await measureTask(server, path);
    workers.push(await startWorker(1));
    const twoSec = await measureTask(server, path);
    return {
      figures: { oneWorkerSec: oneSec, twoWorkersSec: twoSec },
      ratios: { twoWorkersToOne: round3(twoSec / oneSec) },
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
    await server.end('SIGTERM');
  }
}

/** From the commit to the record. */
async function measureTask(
  server: Awaited<ReturnType<typeof startChildServer>>,
  path: string,
): Promise<number> {
  const { FileId } = await uploadFile(server, path);
  const began = performance.now();
  await awaitRecords(server.url, FileId, DEADLINE_MS);
  const sec = round3((performance.now() - began) / 1000);
  const [task] = (await viewMedia(server.url, FileId)).tasks;
  if ((task?.parts.length ?? 0) > 1) return sec;
  throw new Error(`expected a task in parts, got ${JSON.stringify(task?.parts)}`);
}
