import { setTimeout as delay } from 'node:timers/promises';
import { clipText, logLine } from '../log-line.ts';
import type { ClaimedEvent, FreshTaker, Inbox } from './inbox.ts';
import { afterFailure, type RetryPolicy } from './retry-policy.ts';

export interface WorkerOptions {
  readonly inbox: Inbox;
  readonly handle: (event: ClaimedEvent, signal: AbortSignal) => Promise<void>;
  readonly log: (line: string) => void;
  /** Events at once; 8 by default. */
  readonly concurrency?: number;
  /** For one attempt; 60 s by default. */
  readonly handlerTimeoutMs?: number;
  /** How soon another process takes over what a killed one was doing; 15 s by default. */
  readonly leaseMs?: number;
  /** How long stopping waits for handlers; 10 s by default. */
  readonly drainMs?: number;
  /** How often due retries and other processes' events are looked for; 1 s by default. */
  readonly pollMs?: number;
  readonly retry?: RetryPolicy;
}

const CONCURRENCY = 8;
const LEASE_MS = 15_000;
const CLAIM_FOR_MS = 200;
const LARGEST_CLAIM = 128;

/** Takes events out of the inbox and has them handled: in order per file, each until it succeeds or becomes a dead letter. */
export class InboxWorker implements FreshTaker {
  readonly #options: WorkerOptions;
  readonly #running = new Map<
    ClaimedEvent,
    { readonly abort: AbortController; readonly done: Promise<void> }
  >();
  /** Claimed, not begun. */
  readonly #waiting: ClaimedEvent[] = [];
  /** Events behind which others of their files may wait. */
  readonly #leading = new Set<ClaimedEvent>();
  #mayFindMore = true;
  #averageMs = CLAIM_FOR_MS;
  readonly #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #isWoken = false;
  #loop: Promise<void> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#loop !== undefined) return;
    this.#loop = this.#run();
    this.#heartbeat = setInterval(() => void this.#extend(), this.leaseMs / 3);
  }

  get leaseMs(): number {
    return this.#options.leaseMs ?? LEASE_MS;
  }

  get room(): number {
    const isTaking = this.#loop !== undefined && !this.#stopping.signal.aborted && this.#waiting.length === 0;
    return isTaking ? Math.max(0, this.#claimSize() - this.#running.size) : 0;
  }

  take(events: readonly ClaimedEvent[], left: number): void {
    if (this.#stopping.signal.aborted) {
      for (const event of events) void this.#giveBack(event);
      return;
    }
    this.#waiting.push(...events);
    if (left > 0) {
      for (const event of [...this.#waiting, ...this.#running.keys()]) this.#leading.add(event);
      this.#mayFindMore = true;
      this.wake();
    }
    this.#beginWaiting();
  }

  /** There may be something to claim. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Takes nothing new, waits for the handlers, and gives back what isn't finished in time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#loop;
    const unbegun = this.#waiting.splice(0).map((event) => this.#giveBack(event));
    const all = Promise.all([...this.#running.values()].map(({ done }) => done));
    const drained = new AbortController();
    await Promise.race([
      all.finally(() => drained.abort()),
      delay(this.#options.drainMs ?? 10_000, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    for (const { abort } of this.#running.values()) abort.abort(new Error('the receiver is being stopped'));
    await Promise.all([all, ...unbegun]);
    clearInterval(this.#heartbeat);
  }

  async #giveBack(event: ClaimedEvent): Promise<void> {
    await this.#options.inbox
      .settle(event, { state: 'pending', retryInMs: 0, error: null })
      .catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false;
      const { concurrency = CONCURRENCY } = this.#options;
      const wanted = this.#waiting.length === 0 && this.#running.size < concurrency ? this.#claimSize() : 0;
      const claimed = wanted > 0 ? await this.#claim(wanted) : 0;
      if (claimed < wanted || wanted === 0) await this.#pause();
    }
  }

  /** As many as are handled within a moment: a claim costs the same for one event as for a hundred, but what is claimed is kept from others. */
  #claimSize(): number {
    const { concurrency = CONCURRENCY } = this.#options;
    const rounds = Math.floor(CLAIM_FOR_MS / Math.max(1, this.#averageMs));
    return Math.min(LARGEST_CLAIM, concurrency * Math.max(1, rounds));
  }

  async #claim(limit: number): Promise<number> {
    const { inbox, log } = this.#options;
    try {
      const events = await inbox.claim(limit, this.leaseMs);
      for (const event of events) this.#leading.add(event);
      if (events.length === 0) this.#mayFindMore = this.#leading.size > 0;
      this.#waiting.push(...events);
      this.#beginWaiting();
      return events.length;
    } catch (error) {
      log(logLine('Inbox not readable, trying again', { Message: messageOf(error) }));
      return 0;
    }
  }

  #beginWaiting(): void {
    const { concurrency = CONCURRENCY } = this.#options;
    while (this.#running.size < concurrency) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      this.#begin(event);
    }
  }

  #begin(event: ClaimedEvent): void {
    const abort = new AbortController();
    const beganAt = performance.now();
    const done = this.#work(event, abort).finally(() => {
      this.#averageMs += (performance.now() - beganAt - this.#averageMs) / 8;
      this.#running.delete(event);
      this.#leading.delete(event);
      this.#beginWaiting();
      // The next event of the same file may be due now.
      if (this.#waiting.length === 0 && this.#mayFindMore) this.wake();
    });
    this.#running.set(event, { abort, done });
  }

  async #work(event: ClaimedEvent, abort: AbortController): Promise<void> {
    const { inbox, log, retry = {} } = this.#options;
    const settlement = await this.#attempt(event, abort).then(
      () => ({ state: 'done' }) as const,
      (error: unknown) => {
        // Given back: it was not its fault.
        if (this.#stopping.signal.aborted && abort.signal.aborted)
          return { state: 'pending', retryInMs: 0, error: null } as const;
        return afterFailure(event, error, retry);
      },
    );
    if (settlement.state !== 'done' && settlement.error !== null) {
      const title = settlement.state === 'dead' ? 'Dead letter' : 'Handling failed, to be tried again';
      log(
        logLine(title, {
          EventId: event.eventId,
          EventType: event.eventType,
          Message: clipText(settlement.error, 400),
        }),
      );
    }
    // When this fails, the lease runs out and the event is handled again.
    await inbox.settle(event, settlement).catch((error: unknown) =>
      log(
        logLine('Inbox not writable, the event will be handled again', {
          EventId: event.eventId,
          Message: messageOf(error),
        }),
      ),
    );
  }

  /** A handler that doesn't heed its signal is left behind at the end of its time. */
  async #attempt(event: ClaimedEvent, abort: AbortController): Promise<void> {
    const { handle, handlerTimeoutMs = 60_000 } = this.#options;
    const { promise: cutOff, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => abort.abort(new Error(`no end of the handler within ${handlerTimeoutMs} ms`)),
      handlerTimeoutMs,
    );
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true });
    try {
      await Promise.race([handle(event, abort.signal), cutOff]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #extend(): Promise<void> {
    const { inbox, log } = this.#options;
    await inbox
      .extend([...this.#running.keys(), ...this.#waiting], this.leaseMs)
      .catch((error: unknown) => log(logLine('Lease not extended', { Message: messageOf(error) })));
  }

  async #pause(): Promise<void> {
    if (this.#isWoken || this.#stopping.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, this.#options.pollMs ?? 1000);
    await promise;
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
