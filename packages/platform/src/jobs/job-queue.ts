import type { QueryRunner } from '../database/query-runner.ts';

/** Work that survives this process: sent in the transaction that causes it, done by any worker, retried when that one dies. */
export interface JobQueue {
  /** Installs or upgrades the queue's tables and begins the work registered so far. Concurrent callers share one start. */
  start(): Promise<void>;
  /**
   * Takes no more jobs, aborts every handler's signal, waits until they return and gives unfinished jobs back: the next start
   * continues them at once, here or elsewhere. With `drain`, handlers may first finish until that signal aborts.
   */
  stop(options?: StopOptions): Promise<void>;
  /** Makes the queue and its settings known, for a process that sends but does not work. Call after start. */
  defineQueue(queue: string, settings: QueueSettings): Promise<void>;
  /** Sends inside the caller's transaction and returns the job's id. Higher priority first, then older first. */
  send(tx: QueryRunner, queue: string, data: Record<string, unknown>, options?: SendOptions): Promise<string>;
  /** Handles the queue's jobs in this process, from now on or from start() on. */
  work(queue: string, options: WorkOptions, handler: JobHandler): Promise<void>;
}

export interface StopOptions {
  readonly drain?: AbortSignal;
}

export interface QueueSettings {
  /** How often a failed job is tried again. */
  retryLimit: number;
  /** A worker that is silent for this long has lost its jobs to the others. At least 10. */
  heartbeatSec: number;
  /** The wait before the first retry; it doubles each time, with jitter, up to 5 minutes. Default 1. */
  retryDelaySec?: number;
}

export interface SendOptions {
  priority?: number;
}

export interface WorkOptions extends QueueSettings {
  /** How many jobs this process handles at once; 0 leaves them to other processes. */
  concurrency: number;
  /**
   * Jobs do not count against the concurrency of more urgent ones: however long they take, a job of higher priority begins at
   * once, beside them. So up to `concurrency` jobs of each priority run at a time. Default false.
   */
  overtakes?: boolean;
  /**
   * Called when the queue gives a job up: its retries are exhausted, its handler threw PermanentJobError, or the last
   * worker died. At least once for each such job, by any process that works on this queue; throwing calls it again later.
   * Without it the loss is logged as an error.
   */
  onExhausted?: (job: ExhaustedJob, error: Error) => Promise<void>;
}

/**
 * Does the job, any number of times: a worker may die after the deed and before it is recorded.
 * Throwing fails the attempt.
 */
export type JobHandler = (job: Job) => Promise<void>;

export interface Job {
  id: string;
  data: Record<string, unknown>;
  /** 1 at first; never the same for two runs of one job, so it may serve as a fencing token. */
  attempt: number;
  /** Aborts on stop() and when the lease was lost, i.e. another worker may have begun. */
  signal: AbortSignal;
}

export interface ExhaustedJob {
  id: string;
  data: Record<string, unknown>;
  /** How many attempts began. */
  attempts: number;
}

/** Thrown by a handler: trying again cannot help, so the queue gives the job up at once. */
export class PermanentJobError extends Error {
  override readonly name: string = 'PermanentJobError';
}

/** The reason of a job's signal when this process is shutting down. */
export class JobStoppedError extends Error {
  override readonly name: string = 'JobStoppedError';
}

/** The reason of a job's signal when its heartbeat did not get through in time. */
export class LeaseLostError extends Error {
  override readonly name: string = 'LeaseLostError';
}
