import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { watchActivity } from './activity-watch.ts';
import type { EngineLogger } from './engine-logger.ts';
import { toHardware } from './hardware.ts';
import { guardedInput } from './input-guard.ts';
import { MediaError } from './media-error.ts';
import { runMediaProcess } from './media-process.ts';
import type { MediaTools } from './media-tools.ts';
import { createProgressParser, type ProgressBlock } from './progress-parser.ts';
import { describeRunFailure, findMachineTrouble } from './run-failure.ts';
import { DEFAULT_SANDBOX_LIMITS } from './sandbox.ts';
import type { TranscodeLimits } from './transcode-limits.ts';

/** A file that the run reads instead of the source, relative to its scratch folder. */
export interface RunInput {
  readonly file: string;
  /** What stands before it, e.g. which frames to skip. */
  readonly inputArgs?: readonly string[];
}

/** What one ffmpeg run needs. */
export interface EncodeRun {
  /** Files made by other runs, read instead of the source. */
  readonly files?: readonly RunInput[];
  /** What stands before the source: where to seek to. */
  readonly inputArgs?: readonly string[];
  /** All inputs, guarded, where it is not the source alone. */
  readonly inputs?: readonly string[];
  readonly ffmpegArgs: readonly string[];
  /** How long the result is going to be: 100 percent. By its frames where its clock does not begin at zero. */
  readonly expected: { readonly fileSec: number; readonly frames?: number };
  readonly maxOutputBytes: number;
}

export interface EncodeOptions {
  readonly sourcePath: string;
  readonly tools: MediaTools;
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  readonly logger: EngineLogger;
  readonly limits?: TranscodeLimits;
  readonly onPercent: (percent: number) => void;
}

export type Encoding =
  /** `isOwnFault`: ffmpeg ended by itself, for a reason that lies neither in the source nor in the machine. */
  | { readonly isFinished: false; readonly failure: MediaError; readonly isOwnFault: boolean }
  /** `trouble` is what ffmpeg complained of without failing: the likely cause should a file turn out wrong. */
  | { readonly isFinished: true; readonly trouble: MediaError | null };

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Runs ffmpeg for a plan, under watch. Returns when the process is gone, whatever ended it. */
export async function encode(plan: EncodeRun, options: EncodeOptions): Promise<Encoding> {
  const { tools, logger, scratchFolder } = options;
  const source = resolve(options.sourcePath);
  const guard = createRunGuard(plan, options);
  try {
    const result = await runMediaProcess(commandLine(plan, source, tools), {
      tools,
      cwd: scratchFolder,
      limits: {
        addressSpaceBytes: options.limits?.addressSpaceBytes ?? DEFAULT_SANDBOX_LIMITS.addressSpaceBytes,
        fileBytes: options.limits?.outputFileBytes ?? plan.maxOutputBytes,
      },
      signal: AbortSignal.any([options.signal, guard.signal]),
      killGraceMs: options.limits?.killGraceMs ?? 5000,
      onOutput: followProgress(plan.expected, guard.touch, options.onPercent),
    });
    if (result.exitCode === 0 || options.signal.aborted) logger.debug(result, 'ffmpeg ended');
    // Users are told one line; whoever has to find the cause needs the ones before it.
    else logger.warn(result, 'ffmpeg failed');
    if (guard.signal.reason instanceof MediaError) {
      return { isFinished: false, failure: guard.signal.reason, isOwnFault: false };
    }
    if (result.exitCode === 0) return { isFinished: true, trouble: findMachineTrouble(result) };
    const failure = describeRunFailure(result, [source, resolve(scratchFolder)]);
    const isMachines = result.exitCode === undefined || findMachineTrouble(result) !== null;
    const isOwnFault = !isMachines && !failure.errCodeExt.startsWith('SourceFileError');
    return { isFinished: false, failure, isOwnFault };
  } finally {
    guard.stop();
  }
}

function commandLine(plan: EncodeRun, source: string, tools: MediaTools): string[] {
  const software = { inputArgs: plan.inputArgs ?? [], ffmpegArgs: plan.ffmpegArgs };
  const { inputArgs, ffmpegArgs } = tools.hardware ? toHardware(software, tools.hardware) : software;
  return [
    [tools.ffmpegPath, '-hide_banner', '-v', 'error', '-nostdin', '-y', '-nostats', '-progress', 'pipe:1'],
    tools.hasStatsPeriod ? ['-stats_period', '0.5'] : [],
    inputArgs,
    plan.inputs ??
      plan.files?.flatMap((input) => [...(input.inputArgs ?? []), ...guardedInput(input.file)]) ??
      guardedInput(source),
    ffmpegArgs,
  ].flat();
}

interface RunGuard {
  /** Aborts with a MediaError when the run stalls or takes too long. */
  readonly signal: AbortSignal;
  readonly touch: () => void;
  readonly stop: () => void;
}

function createRunGuard(plan: EncodeRun, { limits = {}, scratchFolder, tools }: EncodeOptions): RunGuard {
  const controller = new AbortController();
  const endWith = (message: string): void => controller.abort(new MediaError('InternalError', message));
  const wallMs = limits.wallMs ?? 600_000 + plan.expected.fileSec * 60_000;
  const stallMs = limits.stallMs ?? tools.stallMs ?? 120_000;
  const wall = setTimeout(
    () => endWith(`the run took longer than ${toSec(wallMs)}`),
    Math.min(wallMs, MAX_TIMER_MS),
  );
  const watch = watchActivity({
    stallMs,
    isAlive: createWriteCheck(scratchFolder),
    onStall: () => endWith(`ffmpeg made no progress for ${toSec(stallMs)}`),
  });
  return {
    signal: controller.signal,
    touch: () => watch.touch(),
    stop: () => {
      clearTimeout(wall);
      watch.stop();
    },
  };
}

/** While faststart moves gigabytes ffmpeg reports nothing, but the files change. */
function createWriteCheck(folder: string): () => Promise<boolean> {
  let last = 0;
  return async () => {
    const names = await readdir(folder);
    const stats = await Promise.all(names.map((name) => stat(join(folder, name))));
    const newest = Math.max(...stats.map((file) => file.mtimeMs));
    const hasChanged = newest > last;
    last = newest;
    return hasChanged;
  };
}

function followProgress(
  { fileSec, frames }: EncodeRun['expected'],
  touch: () => void,
  onPercent: (percent: number) => void,
): (text: string) => void {
  const parser = createProgressParser();
  let last: ProgressBlock = { frame: 0, outTimeSec: null };
  return (text) => {
    for (const block of parser.push(text)) {
      if (block.frame !== last.frame || block.outTimeSec !== last.outTimeSec) touch();
      last = block;
      if (frames !== undefined) onPercent((100 * block.frame) / frames);
      else if (block.outTimeSec !== null) onPercent((100 * block.outTimeSec) / fileSec);
    }
  };
}

function toSec(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
