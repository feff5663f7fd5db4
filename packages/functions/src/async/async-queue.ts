import { errorMessage, type Logger } from '@vodstack/platform';
import { DEFAULT_RETRY_NUM } from '../function-details.ts';
import type { DeployedFunction } from '../function-store.ts';
import type { InvokeRequest, InvokeResult } from '../invoker.ts';
import { toDeadLetter } from './dead-letter.ts';
import type { AsyncEvent, AsyncStore } from './async-store.ts';

/** Works through the asynchronous calls. */
export interface AsyncQueue {
  start(): Promise<void>;
  /** Takes no more. What runs is the invoker's to end; its events are begun again at the next start. */
  stop(): Promise<void>;
  /** There is something new. */
  wake(): void;
  /** Ends a call of this server at once. */
  cancel(requestId: string): void;
}

export interface AsyncQueueOptions {
  store: AsyncStore;
  logger: Logger;
  clock: () => Date;
  runner: string;
  appId: string;
  uin: string;
  /** Undefined when the function or its version is gone. */
  resolve: (event: AsyncEvent) => Promise<DeployedFunction | undefined>;
  invoke: (fn: DeployedFunction, request: InvokeRequest) => Promise<InvokeResult>;
  /** Between two attempts. The cloud's: a minute. */
  retryDelayMs: number;
}

const POLL_MS = 1000;
const LEASE_MS = 60_000;
const RENEW_MS = 10_000;
/** Calls that one server works on at once; more wait in the database. */
const CONCURRENCY = 20;

export const STATUS_CODE = { success: 200, overrun: 432, functionNotFound: 435, internal: 500 } as const;

export function createAsyncQueue(options: AsyncQueueOptions): AsyncQueue {
  return new Queue(options);
}

class Queue implements AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #running = new Map<string, AbortController>();
  readonly #works = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #isStopped = false;
  #pumping: Promise<void> | undefined;
  #isWoken = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#options.store.releaseOwn(this.#options.runner);
    this.#timers.push(
      setInterval(() => this.wake(), POLL_MS),
      setInterval(() => void this.#renew(), RENEW_MS),
    );
    for (const timer of this.#timers) timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#pumping;
    await Promise.allSettled(this.#works);
  }

  wake(): void {
    this.#isWoken = true;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  }

  cancel(requestId: string): void {
    this.#running.get(requestId)?.abort();
  }

  async #pump(): Promise<void> {
    const { store, clock, runner, logger } = this.#options;
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      const limit = CONCURRENCY - this.#running.size;
      if (limit <= 0) return;
      try {
        const events = await store.claim({ now: clock(), leaseMs: LEASE_MS, limit, runner });
        for (const event of events) this.#begin(event);
        if (events.length === limit) this.#isWoken = true;
      } catch (err) {
        logger.error({ err }, 'asynchronous function calls could not be taken up');
      }
    }
  }

  #begin(event: AsyncEvent): void {
    const controller = new AbortController();
    this.#running.set(event.requestId, controller);
    const work = this.#serve(event, controller.signal)
      .catch((err: unknown) => {
        const { requestId, functionName } = event;
        this.#options.logger.error(
          { err, requestId, function: functionName },
          'an asynchronous function call could not be settled',
        );
      })
      .finally(() => {
        this.#running.delete(event.requestId);
        this.#works.delete(work);
        if (!this.#isStopped) this.wake();
      });
    this.#works.add(work);
  }

  async #serve(event: AsyncEvent, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#options;
    const fn = await this.#options.resolve(event);
    if (!fn) {
      const end = { status: 'FAILED', statusCode: STATUS_CODE.functionNotFound, now: clock() } as const;
      await store.end(event, end);
      return;
    }
    const { statusCode, retMsg } = await this.#attempt(event, fn, signal);
    if (this.#isStopped && statusCode === STATUS_CODE.internal) return;
    if (statusCode === STATUS_CODE.success) {
      await store.end(event, { status: 'FINISHED', statusCode, now: clock() });
      return;
    }
    await this.#repeatOrGiveUp(event, fn, { statusCode, retMsg });
  }

  async #attempt(
    event: AsyncEvent,
    fn: DeployedFunction,
    signal: AbortSignal,
  ): Promise<Pick<InvokeResult, 'statusCode' | 'retMsg'>> {
    const { requestId, retryNum, trigger, traceId } = event;
    try {
      return await this.#options.invoke(fn, {
        event: event.event,
        requestId,
        retryNum,
        trigger,
        traceId: traceId ?? undefined,
        signal,
      });
    } catch (error) {
      return { statusCode: STATUS_CODE.internal, retMsg: errorMessage(error) };
    }
  }

  /** An error of the function: as often as configured. The platform's own: for as long as the call is not too old. */
  async #repeatOrGiveUp(
    event: AsyncEvent,
    fn: DeployedFunction,
    result: { statusCode: number; retMsg: string },
  ): Promise<void> {
    const { store, clock, retryDelayMs } = this.#options;
    const now = clock();
    const dueAt = new Date(now.getTime() + retryDelayMs);
    const isSystemError =
      result.statusCode === STATUS_CODE.internal || result.statusCode === STATUS_CODE.overrun;
    const retries = fn.details.asyncRunEnable === 'TRUE' ? 0 : (fn.details.retryNum ?? DEFAULT_RETRY_NUM);
    if (dueAt < event.expiresAt && (isSystemError || event.retryNum < retries)) {
      await store.retryAt(event, dueAt, event.retryNum + 1);
      return;
    }
    const { statusCode } = result;
    await store.end(
      event,
      { status: 'FAILED', statusCode, now },
      toDeadLetter({ event, fn, result, now }, this.#options),
    );
  }

  async #renew(): Promise<void> {
    const { store, clock, logger } = this.#options;
    try {
      const until = new Date(clock().getTime() + LEASE_MS);
      for (const requestId of await store.renew([...this.#running.keys()], until)) this.cancel(requestId);
    } catch (err) {
      logger.warn({ err }, 'the leases of asynchronous function calls could not be renewed');
    }
  }
}
