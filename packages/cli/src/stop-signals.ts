/** The terminal sends a Ctrl-C to every process of its group, and npm passes it on once more. */
const SAME_KEYSTROKE_MS = 1000;

export interface StopSignals {
  /** Aborts at the first signal. */
  readonly first: AbortSignal;
  /** Aborts at the second one that is not the same keystroke. */
  readonly second: AbortSignal;
}

/** What SIGINT, SIGTERM and SIGHUP ask for. */
export function listenForStop(onFirst: () => void, onSecond: () => void = () => undefined): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  let askedAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (!first.signal.aborted) {
      askedAt = performance.now();
      onFirst();
      first.abort();
    } else if (name === 'SIGINT' && performance.now() - askedAt > SAME_KEYSTROKE_MS) {
      onSecond();
      second.abort();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return { first: first.signal, second: second.signal };
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
