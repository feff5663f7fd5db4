import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { JobStoppedError, LeaseLostError, PermanentJobError, type JobHandler } from './job-queue.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';

export interface AttemptDeps {
  store: JobStore;
  logger: Logger;
  heartbeatSec: number;
  handler: JobHandler;
}

/** One run of a handler, from the claim to the settlement. */
export interface Attempt {
  /** Never rejects. */
  readonly done: Promise<void>;
  stop(): void;
}

/** A beat may be late or lost twice before the lease is gone. */
const BEATS_PER_LEASE = 3;
const SETTLE_RETRY_MS = 500;

export function startAttempt(job: ClaimedJob, deps: AttemptDeps): Attempt {
  return new RunningAttempt(job, deps);
}

class RunningAttempt implements Attempt {
  readonly done: Promise<void>;
  readonly #job: ClaimedJob;
  readonly #deps: AttemptDeps;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  #lastBeatAt = performance.now();
  #isBeating = false;

  constructor(job: ClaimedJob, deps: AttemptDeps) {
    this.#job = job;
    this.#deps = deps;
    this.#logger = deps.logger.child({ queue: job.queue, jobId: job.id, attempt: job.retryCount + 1 });
    this.done = this.#run();
  }

  stop(): void {
    this.#abort.abort(new JobStoppedError('The process is shutting down'));
  }

  async #run(): Promise<void> {
    const beats = setInterval(() => void this.#beat(), (this.#deps.heartbeatSec * 1000) / BEATS_PER_LEASE);
    try {
      const error = await this.#handle();
      // The heartbeat goes on meanwhile: a job that is done must not be taken over while its end is being recorded.
      await this.#settle(error);
    } finally {
      clearInterval(beats);
    }
  }

  async #handle(): Promise<Error | null> {
    const { id, data, retryCount } = this.#job;
    try {
      await this.#deps.handler({ id, data, attempt: retryCount + 1, signal: this.#abort.signal });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #beat(): Promise<void> {
    if (performance.now() - this.#lastBeatAt > this.#deps.heartbeatSec * 1000) this.#loseLease();
    if (this.#isBeating || this.#isLeaseLost()) return;
    this.#isBeating = true;
    const beatAt = performance.now();
    try {
      if (await this.#deps.store.touch(this.#job)) this.#lastBeatAt = beatAt;
      else this.#loseLease();
    } catch (err) {
      this.#logger.warn({ err }, 'a job heartbeat did not get through');
    } finally {
      this.#isBeating = false;
    }
  }

  #loseLease(): void {
    this.#abort.abort(new LeaseLostError('The lease of this job was lost'));
  }

  #isLeaseLost(): boolean {
    return this.#abort.signal.reason instanceof LeaseLostError;
  }

  /** Tries until it is recorded or the lease is over; then the queue itself retries the job. */
  async #settle(error: Error | null): Promise<void> {
    const settlement = this.#chooseSettlement(error);
    const deadline = this.#lastBeatAt + this.#deps.heartbeatSec * 1000;
    do {
      try {
        if (!(await settlement())) this.#logger.warn('a job ended after its lease was lost');
        return;
      } catch (err) {
        this.#logger.warn({ err }, 'the end of a job could not be recorded yet');
        await delay(SETTLE_RETRY_MS);
      }
    } while (performance.now() < Math.max(deadline, this.#lastBeatAt + this.#deps.heartbeatSec * 1000));
  }

  #chooseSettlement(error: Error | null): () => Promise<boolean> {
    const { store } = this.#deps;
    const job = this.#job;
    if (error === null) return () => store.complete(job);
    if (this.#abort.signal.reason instanceof JobStoppedError) return () => store.giveBack(job);
    const isPermanent = error instanceof PermanentJobError;
    this.#logger.warn({ err: error, isPermanent }, 'a job attempt failed');
    return () => (isPermanent ? store.failForGood(job, error) : store.fail(job, error));
  }
}
