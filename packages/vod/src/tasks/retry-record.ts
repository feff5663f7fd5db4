import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseLost, type Logger } from '@vodstack/platform';

const RETRY_MS = 500;

/**
 * Repeats what records finished work while the database is away: minutes of encoding must not be lost to a restart of it. What is
 * repeated must bear being carried out twice, since a commit's answer may be lost.
 * @throws the signal's reason when aborted, as when the lease is over
 */
export async function retryRecord<Result>(
  record: () => Promise<Result>,
  { signal, logger }: { readonly signal: AbortSignal; readonly logger: Logger },
): Promise<Result> {
  for (;;) {
    try {
      return await record();
    } catch (err) {
      if (!isDatabaseLost(err)) throw err;
      logger.warn({ err }, 'the database is away, a task’s results cannot be recorded yet');
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}
