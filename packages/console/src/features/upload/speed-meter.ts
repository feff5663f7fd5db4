export interface SpeedMeter {
  /** @param sentBytes in all; atMs any steady clock. */
  add(sentBytes: number, atMs: number): void;
  /** The mean of the last seconds; null until there is enough to tell. */
  bytesPerSec(): number | null;
}

const WINDOW_MS = 5000;
const MIN_SPAN_MS = 400;

/** A sliding window: the mean since the start would hide that the line has become slow. */
export function createSpeedMeter(): SpeedMeter {
  const samples: { sentBytes: number; atMs: number }[] = [];
  return {
    add(sentBytes, atMs) {
      samples.push({ sentBytes, atMs });
      while (samples.length > 2 && atMs - (samples[0]?.atMs ?? atMs) > WINDOW_MS) samples.shift();
    },
    bytesPerSec() {
      const [first, last] = [samples.at(0), samples.at(-1)];
      if (first === undefined || last === undefined) return null;
      const spanMs = last.atMs - first.atMs;
      return spanMs < MIN_SPAN_MS ? null : ((last.sentBytes - first.sentBytes) * 1000) / spanMs;
    },
  };
}
