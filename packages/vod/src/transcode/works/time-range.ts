import { MediaError } from '../media-error.ts';

export interface TimeRange {
  readonly startSec: number;
  readonly endSec: number;
}

/**
 * A part of the source as sub-tasks name it: 0 or nothing is the beginning or the end, a negative time counts from the end.
 * @throws MediaError InvalidInput.InvalidTimeOffset when nothing is left
 */
export function timeRange(
  durationSec: number,
  startOffset: number | undefined,
  endOffset: number | undefined,
): TimeRange {
  const from = (offset: number): number => (offset < 0 ? durationSec + offset : offset);
  const startSec = Math.max(0, from(startOffset ?? 0));
  const endSec = endOffset ? Math.min(durationSec, from(endOffset)) : durationSec;
  if (startSec < endSec) return { startSec, endSec };
  throw new MediaError(
    'InvalidInput.InvalidTimeOffset',
    `the part from ${startSec} s to ${endSec} s of a source of ${durationSec.toFixed(1)} s is empty`,
  );
}
