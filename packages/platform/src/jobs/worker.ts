import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startAttempt, type Attempt } from './attempt.ts';
import type { JobHandler } from './job-queue.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';
import { createWaker, type Waker } from './waker.ts';

export interface WorkerDeps {
  store: JobStore;
  logger: Logger;
  queue: string;
  concurrency: number;
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
  stop(): Promise<void>;
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

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const free = this.#deps.concurrency - this.#attempts.size;
      const jobs = free > 0 ? await this.#claim(free) : [];
      for (const job of jobs) this.#begin(job);
      if (!this.#isStopping && (free === 0 || jobs.length < free)) await this.#waker.wait(POLL_MS);
    }
  }

  async #claim(count: number): Promise<ClaimedJob[]> {
    try {
      return await this.#deps.store.claim(this.#deps.queue, count);
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

  async #stop(): Promise<void> {
    this.#isStopping = true;
    this.#waker.wake();
    for (const attempt of this.#attempts.keys()) attempt.stop();
    await this.#loop;
    const all = Promise.all([...this.#attempts.keys()].map((attempt) => attempt.done));
    await Promise.race([all, delay(STOP_GRACE_MS, undefined, { ref: false })]);
    await Promise.all([...this.#attempts.values()].map((job) => this.#abandon(job)));
  }

  async #abandon(job: ClaimedJob): Promise<void> {
    const { logger, store, queue } = this.#deps;
    logger.error({ queue, jobId: job.id }, 'a job handler ignores its signal, its job is given back');
    await store.giveBack(job).catch((err: unknown) => logger.warn({ err }, 'a job could not be given back'));
  }
}
