import { setTimeout as delay } from 'node:timers/promises';

/** The time allowed for an operation ran out. Its outcome is unknown: the other side may have done it. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export interface RetryOptions {
  /** For everything together: attempts and the waits between them. */
  readonly timeoutMs: number;
  /** Waits before the second, third … attempt. Each is stretched by up to a quarter at random so that clients don't return in step. */
  readonly backoffMs: readonly number[];
  readonly isRetryable: (error: unknown) => boolean;
}

/**
 * Runs the operation until it succeeds, fails for good, has no attempts left, or the time is up.
 * The signal it gets fires at the deadline. Rejects with the operation's last error, or with DeadlineError when the deadline cut an attempt short.
 */
export async function retryWithin<Result>(
  operation: (signal: AbortSignal) => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const endsAt = performance.now() + options.timeoutMs;
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(options.timeoutMs)));
  for (const wait of [...options.backoffMs, undefined]) {
    try {
      return await operation(signal);
    } catch (error) {
      if (signal.aborted) throw deadlineError(options.timeoutMs, error);
      const waitMs = wait === undefined ? Infinity : wait * (1 + Math.random() / 4);
      if (!options.isRetryable(error) || performance.now() + waitMs >= endsAt) throw error;
      await delay(waitMs);
    }
  }
  throw new DeadlineError('unreachable: the last attempt returns or throws');
}

function deadlineError(timeoutMs: number, cause: unknown): DeadlineError {
  return new DeadlineError(
    `no answer within ${Math.floor(timeoutMs)} ms; whether the other side acted is unknown`,
    { cause },
  );
}
