import { Presets, SingleBar } from 'cli-progress';

export interface ProgressBar {
  update(value: number, total: number): void;
  stop(): void;
}

const SILENT: ProgressBar = { update: () => {}, stop: () => {} };

/** A progress bar on a terminal; nothing when the output goes elsewhere or no title is given. */
export function createProgressBar(title: string | null): ProgressBar {
  if (title === null || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar(
    { format: `${title} {bar} {percentage}%  {eta_formatted} left`, clearOnComplete: true, hideCursor: true, etaBuffer: 50 },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    update(value, total) {
      bar.setTotal(Math.max(1, total));
      bar.update(value);
    },
    stop: () => bar.stop(),
  };
}
