import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface KeeperDeps {
  readonly isRunning: () => Promise<boolean>;
  readonly restart: () => Promise<unknown>;
  readonly logger: Logger;
}

/** Watches a server that has been started, and starts it again when it has ended: killed for want of memory, say. */
export interface Keeper {
  /** Resolves when no restart is under way any more. */
  stop(): Promise<void>;
}

const WATCH_MS = 500;
/** Between restarts that fail: what is wrong then, such as a full disk, does not mend within a second. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export function createKeeper({ isRunning, restart, logger }: KeeperDeps): Keeper {
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);

  async function keep(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !stopping.signal.aborted; await pause(WATCH_MS)) {
      try {
        if (await isRunning()) continue;
        if (stopping.signal.aborted) return;
        logger.warn('PostgreSQL has ended, starting it again');
        await restart();
        logger.info('PostgreSQL runs again');
        retryMs = FIRST_RETRY_MS;
      } catch (err) {
        logger.error({ err, retryMs }, 'PostgreSQL cannot be started again yet');
        await pause(retryMs);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
    }
  }

  const watching = keep();
  return {
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
