import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isDatabaseLost } from '../database/database-lost.ts';
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

/** Several beats may be late or lost before the lease is gone. */
const BEATS_PER_LEASE = 5;
/** After a beat or a settlement that did not get through: a database that comes back is met at once. */
const RETRY_MS = 500;

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
  #hasMissedBeat = false;

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
    const intervalMs = (this.#deps.heartbeatSec * 1000) / BEATS_PER_LEASE;
    const beats = setInterval(() => void this.#beatIfDue(intervalMs), RETRY_MS);
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

  async #beatIfDue(intervalMs: number): Promise<void> {
    const sinceMs = performance.now() - this.#lastBeatAt;
    if (sinceMs > this.#deps.heartbeatSec * 1000) this.#loseLease();
    if (sinceMs < intervalMs || this.#isBeating || this.#isLeaseLost()) return;
    this.#isBeating = true;
    const beatAt = performance.now();
    try {
      if (await this.#deps.store.touch(this.#job)) this.#lastBeatAt = beatAt;
      else this.#loseLease();
    } catch (err) {
      this.#hasMissedBeat = true;
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
        await delay(RETRY_MS);
      }
    } while (performance.now() < Math.max(deadline, this.#lastBeatAt + this.#deps.heartbeatSec * 1000));
  }

  #chooseSettlement(error: Error | null): () => Promise<boolean> {
    const { store } = this.#deps;
    const job = this.#job;
    if (error === null) return () => store.complete(job);
    if (this.#abort.signal.reason instanceof JobStoppedError) return () => store.giveBack(job);
    // The job could do nothing for it, so it costs no retry. The beats tell our database from another server that the job called.
    if (this.#hasMissedBeat && isDatabaseLost(error)) return () => store.giveBack(job);
    const isPermanent = error instanceof PermanentJobError;
    this.#logger.warn({ err: error, isPermanent }, 'a job attempt failed');
    return () => (isPermanent ? store.failForGood(job, error) : store.fail(job, error));
  }
}
