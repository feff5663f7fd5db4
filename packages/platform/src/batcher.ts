import { setTimeout } from 'node:timers/promises';

/** One of the runs that a batcher joins. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

/**
 * Joins work that comes while earlier work is under way: nothing waits when there is nothing to wait for, and under load one
 * query answers many calls.
 * @param run its results in the order of the items; when it fails, each item runs alone, so that one fails no other
 * @param lingerMs how long the first item waits for others: for what nobody waits for
 */
export function createBatcher<Item, Result>(
  run: RunBatch<Item, Result>,
  maxItems: number,
  lingerMs = 0,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (result: Promise<Result>) => void;
  }
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function drain(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      if (lingerMs > 0) await setTimeout(lingerMs);
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      const results = run(batch.map(({ item }) => item));
      batch.forEach(({ item, resolve }, index) => {
        const alone = (error: unknown): Promise<Result> => {
          if (batch.length === 1) throw error;
          return run([item]).then((all) => pick(all, 0));
        };
        resolve(results.then((all) => pick(all, index), alone));
      });
      await results.catch(() => undefined);
    }
    isRunning = false;
  }

  return (item) =>
    new Promise((resolve) => {
      waiting.push({ item, resolve });
      if (!isRunning) void drain();
    });
}

function pick<Result>(results: readonly Result[], index: number): Result {
  if (index < results.length) return results[index] as Result;
  throw new RangeError(`a batch gave ${results.length} results, one was expected at ${index}`);
}
