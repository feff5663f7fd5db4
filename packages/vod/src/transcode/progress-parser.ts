/** One block of `-progress`: what the encoder has finished so far. */
export interface ProgressBlock {
  readonly frame: number;
  /** Null while ffmpeg says `N/A`. */
  readonly outTimeSec: number | null;
}

export interface ProgressParser {
  /** Takes any piece of the stream; returns the blocks that it completes. */
  push(text: string): ProgressBlock[];
}

/** Parses key=value lines; a block ends at `progress=continue|end`. */
export function createProgressParser(): ProgressParser {
  let rest = '';
  let values = new Map<string, string>();
  return {
    push: (text) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-1000);
      return lines.flatMap((line) => {
        const [key = '', value = ''] = line.split('=', 2).map((part) => part.trim());
        if (key !== 'progress') {
          values.set(key, value);
          return [];
        }
        const block = toBlock(values);
        values = new Map();
        return [block];
      });
    },
  };
}

export function parseProgress(text: string): ProgressBlock[] {
  return createProgressParser().push(`${text}\n`);
}

function toBlock(values: ReadonlyMap<string, string>): ProgressBlock {
  // out_time_ms holds microseconds too (a known misnomer); builds before 4.1 have only that one.
  const micros = Number.parseInt(values.get('out_time_us') ?? values.get('out_time_ms') ?? '', 10);
  return {
    frame: Number.parseInt(values.get('frame') ?? '', 10) || 0,
    outTimeSec: Number.isNaN(micros) || micros < 0 ? null : micros / 1_000_000,
  };
}
