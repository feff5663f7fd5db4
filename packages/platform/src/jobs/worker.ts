import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startAttempt, type Attempt } from './attempt.ts';
import type { JobHandler, StopOptions } from './job-queue.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';
import { createWaker, type Waker } from './waker.ts';

export interface WorkerDeps {
  store: JobStore;
  logger: Logger;
  queue: string;
  concurrency: number;
  /** See WorkOptions. */
  overtakes?: boolean | undefined;
  heartbeatSec: number;
  /** Gets the claim too, for what the plain job does not show. */
  handler: (job: Parameters<JobHandler>[0], claim: ClaimedJob) => Promise<void>;
  /** After every attempt, whatever came of it. */
  onSettled?: () => void;
}

/** The claim loop of one queue in one process. */
export interface Worker {
  /** Looks for jobs now instead of at the next poll. */
  wake(): void;
  /** Resolves when every attempt has ended and its job is settled or given back. */
  stop(options?: StopOptions): Promise<void>;
}

/** New jobs are notified; retries that fall due and jobs given up by the supervisor are not. */
const POLL_MS = 1_000;
/** A handler that does not heed its signal cannot hold up the shutdown for longer. */
const STOP_GRACE_MS = 15_000;

export function startWorker(deps: WorkerDeps): Worker {
  return new ClaimLoop(deps);
}

class ClaimLoop implements Worker {
  readonly #deps: WorkerDeps;
  readonly #waker: Waker = createWaker();
  readonly #attempts = new Map<Attempt, ClaimedJob>();
  readonly #loop: Promise<void>;
  #isStopping = false;
  #stopped: Promise<void> | undefined;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#loop = this.#run();
  }

  wake(): void {
    this.#waker.wake();
  }

  stop(options: StopOptions = {}): Promise<void> {
    return (this.#stopped ??= this.#stop(options));
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const { count, minPriority } = this.#findRoom();
      const jobs = count > 0 ? await this.#claim(count, minPriority) : [];
      for (const job of jobs) this.#begin(job);
      if (!this.#isStopping && (count === 0 || jobs.length < count)) await this.#waker.wait(POLL_MS);
    }
  }

  /** How many more jobs may begin now, and of which priority they must be at least. */
  #findRoom(): { count: number; minPriority?: number } {
    const { concurrency, overtakes = false } = this.#deps;
    const free = concurrency - this.#attempts.size;
    if (free > 0) return { count: free };
    if (!overtakes || concurrency === 0) return { count: 0 };
    const running = [...this.#attempts.values()].map(({ priority }) => priority).toSorted((a, b) => b - a);
    // Only what is as urgent or more so takes up a place: this one would have to be overtaken.
    return { count: 1, minPriority: (running[concurrency - 1] ?? 0) + 1 };
  }

  async #claim(count: number, minPriority?: number): Promise<ClaimedJob[]> {
    try {
      return await this.#deps.store.claim(this.#deps.queue, { count, minPriority });
    } catch (err) {
      this.#deps.logger.warn({ err, queue: this.#deps.queue }, 'jobs could not be fetched');
      // Not the waker: notifications must not turn a broken database into a busy loop.
      await delay(POLL_MS);
      return [];
    }
  }

  #begin(job: ClaimedJob): void {
    const attempt = startAttempt(job, {
      ...this.#deps,
      handler: (plain) => this.#deps.handler(plain, job),
    });
    this.#attempts.set(attempt, job);
    if (this.#isStopping) attempt.stop();
    void attempt.done.then(() => {
      this.#attempts.delete(attempt);
      this.#deps.onSettled?.();
      this.#waker.wake();
    });
  }

  async #stop({ drain }: StopOptions): Promise<void> {
    this.#isStopping = true;
    this.#waker.wake();
    if (drain) await this.#drain(drain);
    for (const attempt of this.#attempts.keys()) attempt.stop();
    await this.#loop;
    await Promise.race([this.#allDone(), delay(STOP_GRACE_MS, undefined, { ref: false })]);
    await Promise.all([...this.#attempts.values()].map((job) => this.#abandon(job)));
  }

  async #drain(until: AbortSignal): Promise<void> {
    await this.#loop;
    const isOver = new Promise<void>((resolve) => {
      if (until.aborted) resolve();
      until.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#allDone(), isOver]);
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#attempts.keys()].map((attempt) => attempt.done));
  }

  async #abandon(job: ClaimedJob): Promise<void> {
    const { logger, store, queue } = this.#deps;
    logger.error({ queue, jobId: job.id }, 'a job handler ignores its signal, its job is given back');
    await store.giveBack(job).catch((err: unknown) => logger.warn({ err }, 'a job could not be given back'));
  }
}
