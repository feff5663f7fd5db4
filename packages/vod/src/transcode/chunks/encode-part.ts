import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encode, type EncodeOptions, type EncodeRun } from '../encode.ts';
import { MediaError } from '../media-error.ts';
import { type ChunkPart, partFileName } from './chunk-plan.ts';
import { readFragmentedFile } from './fragmented-mp4.ts';

/** A part is not what it should be, and that is not the machine's fault: one run over the whole source may still do it. */
export class UnfitPartError extends MediaError {}

/**
 * Encodes a part into its scratch folder, which is made, and counts its frames.
 * @throws UnfitPartError; MediaError when the machine is at fault; the signal's reason when aborted
 */
export async function encodePart(part: ChunkPart, options: EncodeOptions): Promise<void> {
  await mkdir(options.scratchFolder, { recursive: true });
  // The translation for hardware may give each part another header, and the whole run stands by for it.
  const trouble = await encodeOnce(part, { ...options, tools: { ...options.tools, hardware: undefined } });
  for (const [picture, planned] of part.frames.entries()) {
    const { frames } = await readPart(join(options.scratchFolder, partFileName(picture)));
    const slack = part.isLast ? Math.ceil(planned / Math.max(part.lengthSec, 1)) : 0;
    if (Math.abs(frames - planned) <= slack && frames > 0) continue;
    if (trouble) throw trouble;
    throw new UnfitPartError('InternalError', `a part has ${frames} frames instead of ${planned}`);
  }
}

/**
 * @returns what ffmpeg complained of without failing: the cause, should the result turn out wrong
 * @throws as encodePart
 */
export async function encodeOnce(run: EncodeRun, options: EncodeOptions): Promise<MediaError | null> {
  options.signal.throwIfAborted();
  const encoding = await encode(run, options);
  options.signal.throwIfAborted();
  if (encoding.isFinished) return encoding.trouble;
  const { failure, isOwnFault } = encoding;
  if (!isOwnFault && !failure.errCodeExt.startsWith('SourceFileError')) throw failure;
  throw new UnfitPartError(failure.errCodeExt, failure.message);
}

async function readPart(path: string): ReturnType<typeof readFragmentedFile> {
  try {
    return await readFragmentedFile(path);
  } catch (cause) {
    throw new UnfitPartError('InternalError', 'a part cannot be read', { cause });
  }
}
