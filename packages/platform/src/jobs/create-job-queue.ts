import { createHash } from 'node:crypto';
import { fromKysely, PgBoss, type Db } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { Subscription } from '../database/listener.ts';
import type { QueryRunner } from '../database/query-runner.ts';
import type {
  JobHandler,
  JobQueue,
  QueueSettings,
  SendOptions,
  StopOptions,
  WorkOptions,
} from './job-queue.ts';
import { createJobStore, PGBOSS_SCHEMA, type JobStore } from './job-store.ts';
import { obituaryQueueOf, reportExhausted } from './obituary.ts';
import { startWorker, type Worker } from './worker.ts';

export interface JobQueueDeps {
  database: Database;
  logger: Logger;
}

const DAY_SEC = 86_400;
const DEFAULT_SETTINGS: QueueSettings = { retryLimit: 2, heartbeatSec: 30 };
/** Obituaries are retried until the owner's hook succeeds. */
const OBITUARY_SETTINGS: QueueSettings = { retryLimit: 10_000, heartbeatSec: 30 };
const MAX_RETRY_DELAY_SEC = 300;
const MIN_HEARTBEAT_SEC = 10;

/** A JobQueue over pg-boss, on the database's own pool, in the schema `pgboss`. */
export function createJobQueue(deps: JobQueueDeps): JobQueue {
  return new PgBossQueue(deps);
}

interface Registration {
  queue: string;
  options: WorkOptions;
  handler: JobHandler;
}

class PgBossQueue implements JobQueue {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #boss: PgBoss;
  readonly #store: JobStore;
  readonly #registrations = new Set<Registration>();
  readonly #workers = new Map<string, Worker[]>();
  readonly #known = new Map<string, Promise<void>>();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #isStarted = false;
  #subscription: Subscription | undefined;

  constructor({ database, logger }: JobQueueDeps) {
    this.#database = database;
    this.#logger = logger;
    this.#boss = createBoss(database);
    this.#boss.on('error', (err) => logger.error({ err }, 'the job queue reports an error'));
    this.#boss.on('warning', ({ message, data }) => logger.warn({ message, data }, 'the job queue warns'));
    this.#store = createJobStore({ boss: this.#boss, pool: database.pool });
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  stop(options: StopOptions = {}): Promise<void> {
    return (this.#stopping ??= this.#stop(options));
  }

  async defineQueue(queue: string, settings: QueueSettings): Promise<void> {
    this.#assertStarted();
    if (settings.heartbeatSec < MIN_HEARTBEAT_SEC) {
      throw new RangeError(
        `heartbeatSec of ${queue} must be at least ${MIN_HEARTBEAT_SEC}, not ${settings.heartbeatSec}`,
      );
    }
    await this.#remember(queue, this.#define(queue, settings));
  }

  async send(
    tx: QueryRunner,
    queue: string,
    data: Record<string, unknown>,
    { priority = 0 }: SendOptions = {},
  ): Promise<string> {
    this.#assertStarted();
    await (this.#known.get(queue) ?? this.#remember(queue, this.#defineIfAbsent(queue)));
    const id = await this.#boss.send(queue, data, { priority, db: fromKysely(tx) });
    if (id === null) throw new Error(`The queue ${queue} refused a job`);
    return id;
  }

  async work(queue: string, options: WorkOptions, handler: JobHandler): Promise<void> {
    if ([...this.#registrations].some((earlier) => earlier.queue === queue)) {
      throw new Error(`The queue ${queue} has a handler in this process already`);
    }
    const registration = { queue, options, handler };
    this.#registrations.add(registration);
    if (!this.#isStarted) return;
    try {
      await this.#beginWork(registration);
    } catch (error) {
      this.#registrations.delete(registration);
      throw error;
    }
  }

  async #start(): Promise<void> {
    await this.#boss.start();
    this.#subscription = await this.#database.listen(NOTIFY_CHANNEL, (queue) => this.#wake(queue));
    this.#isStarted = true;
    for (const registration of this.#registrations) await this.#beginWork(registration);
  }

  async #stop(options: StopOptions): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#isStarted = false;
    await this.#subscription?.close();
    await Promise.all([...this.#workers.values()].flat().map((worker) => worker.stop(options)));
    if (this.#starting) await this.#boss.stop({ close: false, graceful: false });
  }

  async #beginWork({ queue, options, handler }: Registration): Promise<void> {
    await this.defineQueue(queue, options);
    const obituaryQueue = obituaryQueueOf(queue);
    const common = { store: this.#store, logger: this.#logger };
    this.#addWorker(queue, {
      ...common,
      queue,
      concurrency: options.concurrency,
      overtakes: options.overtakes,
      heartbeatSec: options.heartbeatSec,
      handler,
      onSettled: () => this.#wake(obituaryQueue),
    });
    this.#addWorker(obituaryQueue, {
      ...common,
      queue: obituaryQueue,
      concurrency: 1,
      heartbeatSec: OBITUARY_SETTINGS.heartbeatSec,
      handler: (_job, claim) => reportExhausted(claim, options.onExhausted, this.#logger),
    });
  }

  #addWorker(queue: string, deps: Parameters<typeof startWorker>[0]): void {
    this.#workers.set(queue, [...(this.#workers.get(queue) ?? []), startWorker(deps)]);
  }

  /** An empty name comes after a reconnect: anything may have been missed. */
  #wake(queue: string): void {
    const workers = queue === '' ? [...this.#workers.values()].flat() : (this.#workers.get(queue) ?? []);
    for (const worker of workers) worker.wake();
  }

  async #define(queue: string, settings: QueueSettings): Promise<void> {
    const obituaryQueue = obituaryQueueOf(queue);
    await this.#boss.createQueue(obituaryQueue, toQueueOptions(OBITUARY_SETTINGS));
    const options = { ...toQueueOptions(settings), deadLetter: obituaryQueue };
    await this.#boss.createQueue(queue, options);
    await this.#boss.updateQueue(queue, options);
  }

  async #defineIfAbsent(queue: string): Promise<void> {
    if ((await this.#boss.getQueue(queue)) === null) await this.#define(queue, DEFAULT_SETTINGS);
  }

  /** Kept, so that each queue is defined once; forgotten when it fails, so that the next call tries again. */
  #remember(queue: string, defining: Promise<void>): Promise<void> {
    const kept = defining.catch((error: unknown) => {
      this.#known.delete(queue);
      throw error;
    });
    this.#known.set(queue, kept);
    return kept;
  }

  #assertStarted(): void {
    if (!this.#isStarted) throw new Error('The job queue is not started');
  }
}

function createBoss({ pool }: Database): PgBoss {
  const db: Db = { executeSql: (text, values) => pool.query(text, values) };
  return new PgBoss({
    db,
    schema: PGBOSS_SCHEMA,
    schedule: false,
    registerInstance: false,
    // With the defaults, 60 s each, a dead worker's job waits for up to two minutes.
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  });
}

/** The channel on which pg-boss announces new jobs of queues that ask for it; the payload is the queue's name. */
const NOTIFY_CHANNEL = `pgboss_${createHash('sha224').update(PGBOSS_SCHEMA).digest('hex').slice(0, 24)}`;

function toQueueOptions({ retryLimit, heartbeatSec, retryDelaySec = 1 }: QueueSettings): object {
  return {
    retryLimit,
    retryDelay: retryDelaySec,
    retryBackoff: true,
    retryDelayMax: MAX_RETRY_DELAY_SEC,
    heartbeatSeconds: heartbeatSec,
    // The longest that pg-boss allows: the heartbeat finds dead workers, this only ends attempts of more than a day.
    expireInSeconds: DAY_SEC,
    deleteAfterSeconds: DAY_SEC,
    retentionSeconds: 365 * DAY_SEC,
    notify: true,
  };
}
