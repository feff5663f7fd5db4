import type { ChunkPlan } from './chunks/chunk-plan.ts';
import { UnfitPartError } from './chunks/encode-part.ts';
import type { EncodeParts } from './chunks/parts-run.ts';
import { runChunks } from './chunks/run-chunks.ts';
import { encode, type EncodeOptions, type Encoding } from './encode.ts';
import type { EngineLogger } from './engine-logger.ts';
import { finishOutput, type TranscodedFile } from './finish-output.ts';
import { MediaError } from './media-error.ts';
import type { MediaTools } from './media-tools.ts';
import type { TranscodeLimits } from './transcode-limits.ts';
import type { FailedOutput, PlannedOutput, TranscodePlan } from './transcode-plan.ts';

export interface RunOptions {
  readonly sourcePath: string;
  readonly tools: MediaTools;
  /** Private to this run and empty; the caller removes it, whatever the result. */
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  /** Whole percent of the run: 0 to 99 while it lasts, 100 once every output is verified. Never falls. */
  readonly onProgress: (percent: number) => void;
  readonly logger: EngineLogger;
  readonly limits?: TranscodeLimits;
  /** How the parts of a long source are encoded; default: side by side in this process. */
  readonly encodeParts?: EncodeParts | undefined;
}

/** Told apart by `'path' in result`. */
export type TranscodeResult = TranscodedFile | FailedOutput;

export interface TranscodeYield {
  /** One for each spec: first those of `plan.outputs`, in their order, then `plan.rejected`. */
  readonly results: readonly TranscodeResult[];
  /** What ended the run early; null when every file of the plan is there, with something in it or not. */
  readonly failure: MediaError | null;
  /** Whether runs of fewer outputs might do better. */
  readonly canSplit: boolean;
}

/**
 * Runs a plan and checks every result that it made: exit code 0 alone proves nothing. The streams for packing are checked when they are packed.
 * @throws the signal's reason when aborted: ffmpeg is gone by then, and the scratch folder can be removed.
 */
export async function runTranscode(plan: TranscodePlan, options: RunOptions): Promise<TranscodeYield> {
  options.signal.throwIfAborted();
  if (plan.ffmpegArgs.length === 0) return { results: plan.rejected, failure: null, canSplit: false };
  const report = createPercentReport(options.onProgress);
  const own = { ...options, onPercent: (percent: number): void => report(Math.min(99, percent)) };
  const inParts = plan.chunks && (await runInParts(plan, plan.chunks, own));
  const { encoding, made } = inParts ?? (await runWhole(plan, own));
  options.signal.throwIfAborted();
  if (!encoding.isFinished) {
    const { failure, isOwnFault } = encoding;
    options.logger.warn({ errCodeExt: failure.errCodeExt, reason: failure.message }, 'transcode run failed');
    const failed = plan.outputs.map((output) => toFailed(output, failure));
    return { results: [...failed, ...plan.rejected], failure, canSplit: isOwnFault };
  }
  if (made.every((result) => 'path' in result)) report(100);
  return { results: [...made, ...plan.rejected], failure: null, canSplit: false };
}

type EngineOptions = RunOptions & EncodeOptions;

interface Run {
  readonly encoding: Encoding;
  readonly made: readonly TranscodeResult[];
}

async function runWhole(plan: TranscodePlan, options: EngineOptions): Promise<Run> {
  const encoding = await encode(plan, options);
  const made: TranscodeResult[] = [];
  if (!encoding.isFinished) return { encoding, made };
  options.signal.throwIfAborted();
  for (const output of plan.outputs) made.push(await check(output, plan, options, encoding.trouble));
  return { encoding, made };
}

/** Undefined when the parts cannot be made or do not fit together: then one run does it all. */
async function runInParts(
  plan: TranscodePlan,
  chunks: ChunkPlan,
  options: EngineOptions,
): Promise<Run | undefined> {
  try {
    const frames = await runChunks(chunks, options);
    const made: TranscodedFile[] = [];
    for (const output of plan.outputs) {
      const file = await finishOutput(output, plan.expected, options);
      if (file instanceof Error) throw new UnfitPartError(file.errCodeExt, file.message);
      assertFrames(file, frames.get(file.fileName));
      made.push(file);
    }
    return { encoding: { isFinished: true, trouble: null }, made };
  } catch (failure) {
    options.signal.throwIfAborted();
    if (!(failure instanceof MediaError)) throw failure;
    if (!(failure instanceof UnfitPartError)) {
      return { encoding: { isFinished: false, failure, isOwnFault: false }, made: [] };
    }
    options.logger.warn({ reason: failure.message }, 'a source cannot be encoded in parts');
    return undefined;
  }
}

function assertFrames({ info: { video } }: TranscodedFile, wanted: number | undefined): void {
  if (video?.frameCount === wanted) return;
  const message = `the joined parts have ${video?.frameCount} frames instead of ${wanted}`;
  throw new UnfitPartError('InternalError', message);
}

async function check(
  output: PlannedOutput,
  plan: TranscodePlan,
  options: RunOptions,
  trouble: MediaError | null,
): Promise<TranscodeResult> {
  const checked = await finishOutput(output, plan.expected, options);
  if (!(checked instanceof Error)) return checked;
  const failure = trouble ?? checked;
  const { errCodeExt, message } = failure;
  options.logger.warn(
    { definition: output.definition, errCodeExt, reason: message, err: failure.cause },
    'transcode output failed its check',
  );
  return toFailed(output, failure);
}

function createPercentReport(onProgress: (percent: number) => void): (percent: number) => void {
  let last = -1;
  return (percent) => {
    const whole = Math.floor(percent);
    if (whole <= last) return;
    last = whole;
    onProgress(whole);
  };
}

function toFailed(output: PlannedOutput, { errCodeExt, message }: MediaError): FailedOutput {
  return { definition: output.definition, errCodeExt, message };
}
