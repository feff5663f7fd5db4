import { join } from 'node:path';
import { digestFile } from './file-digest.ts';
import { MediaError } from './media-error.ts';
import type { MediaTools } from './media-tools.ts';
import { probeMedia } from './probe-media.ts';
import type { SourceInfo } from './source-info.ts';
import type { ExpectedDuration, PlannedOutput } from './transcode-plan.ts';
import { assertAsPlanned } from './verify-output.ts';

/** A finished rendition, checked against the plan and the source. */
export interface TranscodedFile {
  readonly definition: number;
  readonly fileName: string;
  /** In the scratch folder. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly md5: string;
  readonly info: SourceInfo;
}

export interface FinishOptions {
  readonly tools: MediaTools;
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
}

/** Probes, checks and hashes one file of a run. Returns the error that says what is wrong with it. @throws the signal's reason. */
export async function finishOutput(
  output: PlannedOutput,
  expected: ExpectedDuration,
  options: FinishOptions,
): Promise<TranscodedFile | MediaError> {
  const { definition, fileName } = output;
  const path = join(options.scratchFolder, fileName);
  try {
    const info = await probeResult(path, options);
    assertAsPlanned(info, output, expected);
    const md5 = await digestFile(path, options.signal);
    return { definition, fileName, path, sizeBytes: info.sizeBytes, md5, info };
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof MediaError) return cause;
    return new MediaError('InternalError', 'the result cannot be read', { cause });
  }
}

/** What a probe says of a result must not be told as if it were about the source. */
async function probeResult(path: string, { tools, signal }: FinishOptions): Promise<SourceInfo> {
  try {
    return await probeMedia(path, { tools, signal });
  } catch (cause) {
    if (!(cause instanceof MediaError) || cause.errCodeExt === 'InternalError') throw cause;
    const message = 'nothing in the source could be decoded';
    throw new MediaError('SourceFileError.ContentMalformed', message, { cause });
  }
}
