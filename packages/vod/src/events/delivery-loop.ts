import type { VodContext } from '../context.ts';
import { EVENT_CHANNEL } from './outbox.ts';

export const MAX_PARALLEL = 16;
/** Retries come due without a notification. */
const POLL_MS = 1000;

export interface DeliveryLoop {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface DeliveryLoopOptions<Item> {
  /** Takes what is due, at most `limit`. */
  readonly claim: (limit: number, running: Iterable<Item>) => Promise<Item[]>;
  /** Sends one and records the outcome. */
  readonly deliver: (item: Item, signal: AbortSignal) => Promise<void>;
}

/** Claims what is due and delivers it, many at once; woken by a notification when an event is written. */
export function createDeliveryLoop<Item>(
  { logger, database }: VodContext,
  { claim, deliver }: DeliveryLoopOptions<Item>,
): DeliveryLoop {
  const stopping = new AbortController();
  const running = new Map<Promise<void>, Item>();
  let isWoken = false;
  let endPause: (() => void) | undefined;
  let listener: { close(): Promise<void> } | undefined;
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      isWoken = false;
      const limit = MAX_PARALLEL - running.size;
      const claimed = limit > 0 ? await claim(limit, running.values()).catch(giveUpLook) : [];
      for (const item of claimed) track(item);
      if (claimed.length === 0 || running.size >= MAX_PARALLEL) await pause();
    }
  }

  function giveUpLook(error: unknown): Item[] {
    logger.error({ err: error }, 'cannot claim events');
    return [];
  }

  function track(item: Item): void {
    const tracked = deliver(item, stopping.signal)
      .catch((error: unknown) => logger.error({ err: error }, 'cannot record a delivery'))
      .finally(() => {
        running.delete(tracked);
        wake();
      });
    running.set(tracked, item);
  }

  function wake(): void {
    isWoken = true;
    endPause?.();
  }

  /** Not at all when something came up since the last look: that look may have missed it. */
  async function pause(): Promise<void> {
    if (isWoken || stopping.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, POLL_MS);
    endPause = resolve;
    await promise;
    clearTimeout(timer);
  }

  return {
    async start() {
      if (loop) return;
      listener = await database.listen(EVENT_CHANNEL, wake);
      loop = run();
    },
    async stop() {
      stopping.abort();
      wake();
      await listener?.close();
      await loop;
      await Promise.all(running.keys());
    },
  };
}
