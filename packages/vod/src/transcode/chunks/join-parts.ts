import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '@vodstack/platform';
import type { EncodeOptions } from '../encode.ts';
import { MediaError } from '../media-error.ts';
import { type ChunkPlan, pictureFileName } from './chunk-plan.ts';
import { UnfitPartError } from './encode-part.ts';
import { readFragmentedFile } from './fragmented-mp4.ts';
import type { PartPath } from './parts-run.ts';

type JoinOptions = Pick<EncodeOptions, 'scratchFolder' | 'signal'>;

/**
 * One header, then all fragments, byte by byte: a file for each picture in the scratch folder.
 * @returns how many frames each picture has
 * @throws UnfitPartError when a part is gone, broken or not like the first one; MediaError when the disk is full; the signal's reason
 */
export async function joinParts(plan: ChunkPlan, pathOf: PartPath, options: JoinOptions): Promise<number[]> {
  const totals: number[] = [];
  for (const picture of (plan.parts[0]?.frames ?? []).keys()) {
    const paths = plan.parts.map((_, part) => pathOf(part, picture));
    totals.push(await joinPicture(paths, join(options.scratchFolder, pictureFileName(picture)), options));
  }
  return totals;
}

async function joinPicture(
  paths: readonly string[],
  target: string,
  { signal }: JoinOptions,
): Promise<number> {
  let total = 0;
  let header: Buffer | undefined;
  try {
    for (const path of paths) {
      const { init, frames } = await readFragmentedFile(path);
      if (header && !init.equals(header)) throw new Error('it has another header than the first one');
      const source = createReadStream(path, { start: header ? init.length : 0 });
      await pipeline(source, createWriteStream(target, { flags: header ? 'a' : 'w' }), { signal });
      header ??= init;
      total += frames;
    }
    return total;
  } catch (cause) {
    signal.throwIfAborted();
    if (systemErrorCode(cause) === 'ENOSPC')
      throw new MediaError('InternalError', 'no space left on the disk');
    const reason = systemErrorCode(cause) ?? (cause instanceof Error ? cause.message : '');
    throw new UnfitPartError('InternalError', `a part cannot be joined: ${reason}`, { cause });
  }
}
