import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { partFileName } from './chunk-plan.ts';
import { encodePart } from './encode-part.ts';
import type { EncodeParts } from './parts-run.ts';

/** In this process, as many at once as there are cores: each has one thread. */
export const encodePartsHere: EncodeParts = async (plan, options) => {
  const folderOf = (part: number): string => join(options.scratchFolder, `part-${part}`);
  const waiting = [...plan.parts.entries()];
  const done = plan.parts.map(() => 0);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, part] = next;
      const onPercent = (percent: number): void => {
        done[index] = (part.lengthSec * Math.min(100, percent)) / 100;
        options.onDone(done.reduce((sum, sec) => sum + sec, 0));
      };
      await encodePart(part, { ...options, signal, scratchFolder: folderOf(index), onPercent });
      onPercent(100);
    }
  };
  const lanes = Array.from({ length: Math.min(availableParallelism(), waiting.length) }, () =>
    work().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(lanes);
  signal.throwIfAborted();
  return (part, picture) => join(folderOf(part), partFileName(picture));
};
