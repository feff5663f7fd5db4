import type { Logger } from '@vodstack/platform';

export interface StopStack {
  /** Registers what must be undone; undone in reverse order. */
  push(name: string, stop: () => unknown): void;
  /** Undoes everything once; a part that fails does not keep the others from stopping. Concurrent callers share one run. */
  run(logger?: Logger): Promise<void>;
}

export function createStopStack(): StopStack {
  const steps: { name: string; stop: () => unknown }[] = [];
  let running: Promise<void> | undefined;

  async function unwind(logger?: Logger): Promise<void> {
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await step.stop();
      } catch (error) {
        logger?.error({ err: error, part: step.name }, 'a part could not be stopped cleanly');
      }
    }
  }

  return {
    push: (name, stop) => steps.push({ name, stop }),
    run: (logger) => (running ??= unwind(logger)),
  };
}
