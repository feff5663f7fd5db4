import type { VodContext } from './context.ts';

export interface Sweeper {
  /** Sweeps now and then at every interval, one sweep after the other. */
  start(): void;
  /** One more sweep at once; resolves when it is done. */
  sweepNow(): Promise<void>;
  stop(): Promise<void>;
}

export interface SweeperOptions {
  readonly intervalMs: number;
  /** Should end early when the signal aborts. */
  readonly sweep: (signal: AbortSignal) => Promise<void>;
  /** Logged when a sweep fails; the next one comes all the same. */
  readonly failure: string;
}

/** Does the same housekeeping again and again. */
export function createSweeper(
  { logger }: Pick<VodContext, 'logger'>,
  { intervalMs, sweep, failure }: SweeperOptions,
): Sweeper {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function run(): void {
    running = running
      .then(() => sweep(stopping.signal))
      .catch((error: unknown) => logger.error({ err: error }, failure));
  }

  return {
    start() {
      if (timer) return;
      timer = setInterval(run, intervalMs);
      run();
    },
    async sweepNow() {
      run();
      await running;
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}
