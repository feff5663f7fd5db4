/** What a batcher is made of. */
export interface BatcherOptions<Item, Result> {
  /** Writes one batch; the results, or errors of single items, stand in the order of the items. A rejection rejects every item. */
  readonly flush: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;
  readonly sizeOf?: (item: Item) => number;
  readonly maxItems?: number;
  /** By `sizeOf`, of one batch. */
  readonly maxBytes?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while one batch is being written forms the next one, so that the cost of a durable write is shared.
 * Nothing waits when nothing is being written.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** Of what waits for its turn, by `sizeOf`. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Resolves when the item's batch has been written. */
  add(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const bytes = this.#options.sizeOf?.(item) ?? 0;
    this.#waiting.push({ item, bytes, resolve, reject });
    this.#waitingBytes += bytes;
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when nothing is waiting or being written. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Lets what arrived in the same turn of the event loop join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#writeBatch(this.#take());
    this.#running = undefined;
  }

  #take(): readonly Waiting<Item, Result>[] {
    const { maxItems = 500, maxBytes = 8 * 1024 * 1024 } = this.#options;
    let count = 0;
    let bytes = 0;
    for (const { bytes: size } of this.#waiting) {
      if (count === maxItems || (count > 0 && bytes + size > maxBytes)) break;
      count += 1;
      bytes += size;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.flush(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result instanceof Error) reject(result);
        // flush promises one result per item.
        else resolve(result as Result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
