import { Presets, SingleBar, type Options, type Params } from 'cli-progress';
import { formatDuration } from './format.ts';

export interface ProgressBar {
  /** @param note what stands behind the percentage, such as a number of bytes */
  update(value: number, total: number, note?: string): void;
  stop(): void;
}

const SILENT: ProgressBar = { update: () => {}, stop: () => {} };
/** With a title, a percentage, a note and the time left, a line of 80 columns is not full. */
const BAR_WIDTH = 24;

/** A progress bar on a terminal; nothing when the output goes elsewhere or no title is given. */
export function createProgressBar(title: string | null): ProgressBar {
  if (title === null || !process.stderr.isTTY) return SILENT;
  const format = (options: Options, params: Params, payload: { note?: string }): string =>
    `${title.padEnd(10)} ${drawBar(options, params)} ${describe(params, payload.note)}`;
  const bar = new SingleBar(
    { format, barsize: BAR_WIDTH, clearOnComplete: true, hideCursor: true, etaBuffer: 50, fps: 5 },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    update(value, total, note = '') {
      bar.setTotal(Math.max(1, total));
      bar.update(value, { note });
    },
    stop: () => bar.stop(),
  };
}

function drawBar(
  { barCompleteString = '', barIncompleteString = '' }: Options,
  { progress }: Params,
): string {
  const done = Math.round(progress * BAR_WIDTH);
  return barCompleteString.slice(0, done) + barIncompleteString.slice(0, BAR_WIDTH - done);
}

function describe({ progress, eta }: Params, note = ''): string {
  const percent = `${Math.floor(progress * 100)}%`.padStart(4);
  // A number only once there is something to reckon with; an hour of guessing helps nobody.
  const hasEta = Number.isFinite(eta) && eta > 0 && progress > 0 && progress < 1;
  return [percent, note, hasEta ? `${formatEta(eta)} left` : ''].filter((part) => part !== '').join('   ');
}

/** Whole seconds: a guess is not known to the tenth. */
function formatEta(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)} s` : formatDuration(seconds * 1000);
}
