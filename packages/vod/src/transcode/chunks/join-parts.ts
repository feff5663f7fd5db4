import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EncodeOptions } from '../encode.ts';
import { type ChunkPlan, pictureFileName } from './chunk-plan.ts';
import { UnfitPartError } from './encode-part.ts';
import { readFragmentedFile } from './fragmented-mp4.ts';

/** Where the file of a picture of a part is; it is read once. */
export type PartPath = (part: number, picture: number) => string;

/**
 * One header, then all fragments, byte by byte: a file for each picture in the scratch folder.
 * @returns how many frames each picture has
 * @throws UnfitPartError when a part has another header than the first one; the signal's reason when aborted
 */
export async function joinParts(
  plan: ChunkPlan,
  pathOf: PartPath,
  { scratchFolder, signal }: Pick<EncodeOptions, 'scratchFolder' | 'signal'>,
): Promise<number[]> {
  const totals: number[] = [];
  for (const picture of (plan.parts[0]?.frames ?? []).keys()) {
    const target = join(scratchFolder, pictureFileName(picture));
    let total = 0;
    let header: Buffer | undefined;
    for (const part of plan.parts.keys()) {
      const path = pathOf(part, picture);
      const { init, frames } = await readFragmentedFile(path);
      if (header && !init.equals(header)) {
        throw new UnfitPartError('InternalError', 'a part has another header than the first one');
      }
      const source = createReadStream(path, { start: header ? init.length : 0 });
      await pipeline(source, createWriteStream(target, { flags: header ? 'a' : 'w' }), { signal });
      header ??= init;
      total += frames;
    }
    totals.push(total);
  }
  return totals;
}
