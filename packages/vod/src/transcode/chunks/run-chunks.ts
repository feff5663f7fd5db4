import type { EncodeOptions } from '../encode.ts';
import type { ChunkPlan } from './chunk-plan.ts';
import { encodeOnce } from './encode-part.ts';
import { encodePartsHere } from './encode-parts-here.ts';
import { joinParts } from './join-parts.ts';
import type { EncodeParts } from './parts-run.ts';

export interface ChunkRunOptions extends EncodeOptions {
  /** Default: side by side in this process. */
  readonly encodeParts?: EncodeParts | undefined;
}

/**
 * Has the parts and the sound encoded, and joins them in the scratch folder.
 * @returns how many frames each result's file must have
 * @throws UnfitPartError when one run has to do it; MediaError when the machine is at fault; the signal's reason when aborted
 */
export async function runChunks(plan: ChunkPlan, options: ChunkRunOptions): Promise<Map<string, number>> {
  const { encodeParts = encodePartsHere, onPercent } = options;
  const totalSec = plan.parts.reduce((sum, { lengthSec }) => sum + lengthSec, 0);
  const stop = new AbortController();
  const own = { ...options, signal: AbortSignal.any([options.signal, stop.signal]) };
  const stopping = (error: unknown): never => {
    stop.abort(error);
    throw error;
  };
  // The sound costs little beside the picture: its share of the progress is nothing.
  const settled = await Promise.allSettled([
    encodeParts(plan, { ...own, onDone: (sec) => onPercent((99 * sec) / totalSec) }).catch(stopping),
    plan.sound ? encodeOnce(plan.sound, { ...own, onPercent: () => {} }).catch(stopping) : undefined,
  ]);
  options.signal.throwIfAborted();
  const [parts] = settled;
  if (stop.signal.aborted || parts.status === 'rejected') throw stop.signal.reason;
  const frames = await joinParts(plan, parts.value, options);
  if (plan.join) await encodeOnce(plan.join, { ...options, onPercent: () => {} });
  return new Map(plan.results.map(({ fileName, picture }) => [fileName, frames[picture] ?? 0]));
}
