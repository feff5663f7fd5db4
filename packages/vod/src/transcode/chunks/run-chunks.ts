import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { encode, type EncodeOptions, type EncodeRun } from '../encode.ts';
import { MediaError } from '../media-error.ts';
import { type ChunkPart, type ChunkPlan, partFileName, pictureFileName } from './chunk-plan.ts';
import { readFragmentedFile } from './fragmented-mp4.ts';

type ChunkRunOptions = EncodeOptions & { readonly parallel?: number | undefined };

/** A part may be tried again, by itself: what killed its ffmpeg costs one part. */
const TRIES = 2;

/**
 * Encodes the parts side by side and joins them in the scratch folder.
 * @returns how many frames each picture has
 * @throws MediaError when a part cannot be made or does not fit; the signal's reason when aborted
 */
export async function runChunks(plan: ChunkPlan, options: ChunkRunOptions): Promise<number[]> {
  const runs: EncodeRun[] = [...plan.parts, ...(plan.sound ? [plan.sound] : [])];
  const report = addUp(runs, options.onPercent);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const waiting = [...runs.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, run] = next;
      const own = { ...options, signal, onPercent: (percent: number) => report(index, percent) };
      if (run === plan.sound) await runOnce(run, own);
      else await runPart(run, { ...own, scratchFolder: join(options.scratchFolder, folderOf(index)) });
    }
  };
  const lanes = Array.from({ length: options.parallel ?? availableParallelism() }, async () => {
    try {
      await work();
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
  const [failed] = (await Promise.allSettled(lanes)).filter(({ status }) => status === 'rejected');
  options.signal.throwIfAborted();
  if (failed) throw stop.signal.reason;
  const frames = await joinParts(plan, options);
  if (plan.join) await runOnce(plan.join, { ...options, onPercent: () => {} });
  return frames;
}

function folderOf(part: number): string {
  return `part-${part}`;
}

async function runPart(run: EncodeRun, options: EncodeOptions): Promise<void> {
  await mkdir(options.scratchFolder, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await runOnce(run, options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      const isWorthIt = error instanceof MediaError && error.errCodeExt === 'InternalError';
      if (attempt === TRIES || !isWorthIt) throw error;
      options.logger.warn({ reason: error.message }, 'a part is encoded again');
    }
  }
}

async function runOnce(run: EncodeRun, options: EncodeOptions): Promise<void> {
  options.signal.throwIfAborted();
  const encoding = await encode(run, options);
  options.signal.throwIfAborted();
  if (!encoding.isFinished) throw encoding.failure;
  if (encoding.trouble) throw encoding.trouble;
}

/** Percent of the whole: every run counts by its length, the sound, which costs little, hardly. */
function addUp(
  runs: readonly EncodeRun[],
  onPercent: (percent: number) => void,
): (index: number, percent: number) => void {
  const lengths = runs.map((run) => ('startSec' in run ? run.expected.fileSec - Number(run.startSec) : 1));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const done = runs.map(() => 0);
  return (index, percent) => {
    const { startSec = 0, expected } = runs[index] as ChunkPart;
    // ffmpeg's clock begins at the part's place in the whole.
    const share =
      ((percent / 100) * expected.fileSec - startSec) / Math.max(expected.fileSec - startSec, 0.1);
    done[index] = Math.max(done[index] ?? 0, Math.min(1, Math.max(0, share)));
    const sum = done.reduce((all, part, i) => all + part * (lengths[i] ?? 0), 0);
    onPercent((99 * sum) / total);
  };
}

/** One header, then all fragments, byte by byte. */
async function joinParts(plan: ChunkPlan, { scratchFolder, signal }: EncodeOptions): Promise<number[]> {
  const totals: number[] = [];
  for (const picture of plan.pictures.keys()) {
    const target = join(scratchFolder, pictureFileName(picture));
    let total = 0;
    let header: Buffer | undefined;
    for (const [index, part] of plan.parts.entries()) {
      const path = join(scratchFolder, folderOf(index), partFileName(picture));
      const { init, frames } = await readFragmentedFile(path);
      header ??= init;
      assertFits({ isSameHeader: init.equals(header), frames, planned: part.frames?.[picture] });
      const start = index === 0 ? 0 : init.length;
      const sink = createWriteStream(target, { flags: index === 0 ? 'w' : 'a' });
      await pipeline(createReadStream(path, { start }), sink, { signal });
      await rm(path);
      total += frames;
    }
    totals.push(total);
  }
  return totals;
}

function assertFits(part: { isSameHeader: boolean; frames: number; planned: number | undefined }): void {
  if (!part.isSameHeader)
    throw new MediaError('InternalError', 'a part has another header than the first one');
  if (part.frames === (part.planned ?? Math.max(1, part.frames))) return;
  throw new MediaError(
    'InternalError',
    `a part has ${part.frames} frames instead of ${part.planned ?? 'any'}`,
  );
}
