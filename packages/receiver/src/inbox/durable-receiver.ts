import { Pool } from 'pg';
import { assertSigned } from '../check-sign.ts';
import { logToConsole } from '../console-log.ts';
import { dispatch } from '../dispatch.ts';
import { createPgEffect } from '../effects/pg-effects.ts';
import { clipText, logLine } from '../log-line.ts';
import { BadNotificationError, parseNotification, type RawBody } from '../parse/notification.ts';
import {
  readSignKeys,
  type ReceiveMeta,
  type ReceiveResult,
  type Receiver,
  type ReceiverOptions,
} from '../receiver.ts';
import { migrateReceiver } from '../stores/migrate-receiver.ts';
import { hasPathSecret, readPathSecrets } from '../trust/path-secret.ts';
import { toArrival, type Arrival } from './arrival.ts';
import type { DeadLetter, InboxState, RedriveFilter } from './inbox.ts';
import { PgInbox } from './pg-inbox.ts';
import { storePatiently } from './store-patiently.ts';
import { InboxWorker, type WorkerOptions } from './worker.ts';

export interface DurableReceiverOptions
  extends
    ReceiverOptions,
    Pick<WorkerOptions, 'concurrency' | 'handlerTimeoutMs' | 'leaseMs' | 'drainMs' | 'pollMs' | 'retry'> {
  /** A PostgreSQL URL, or a pool that stays the caller's to end. The schema `receiver` is made at the start. */
  readonly database: string | Pool;
  /** The last part of the callback's path must be this; several while changing it. Absent: any path is taken. */
  readonly pathSecret?: string | readonly string[];
  /**
   * How long an arrival waits for a database that is away; 8 s by default. More than the 5 s after which the cloud sends again: it
   * counts any answer as success, so an event that can't be stored must not be answered before.
   */
  readonly storeTimeoutMs?: number;
  /** How long a finished event is remembered, to recognise its repetitions; 30 days by default. */
  readonly retentionMs?: number;
}

export interface DurableReceiver extends Receiver {
  /** Prepares the database and begins to handle events. Arrivals may come before: they wait for it. */
  start(): Promise<void>;
  /** Takes nothing new, lets handlers finish, gives back what they don't, ends its connections. */
  stop(): Promise<void>;
  /** Puts dead letters back into the inbox. Resolves with how many. */
  redrive(filter?: RedriveFilter): Promise<number>;
  /** The newest first. */
  listDead(limit?: number): Promise<readonly DeadLetter[]>;
  readState(): Promise<InboxState>;
}

const RETENTION_MS = 30 * 24 * 3600 * 1000;
const PURGE_EVERY_MS = 600_000;

/**
 * The receiver with an inbox: an event is stored durably, then answered, then handled, until its handler succeeds or it is a dead letter.
 * Neither a failing handler nor an API that hangs delays an answer. An event that comes twice is handled once; events of one file are handled in the
 * order of their arrival.
 *
 * @example
 * const receiver = createDurableReceiver({
 *   database: 'postgres://localhost/receiver',
 *   on: { NewFileUpload: transcode({ definitions: [100010, 100020], secretId, secretKey }) },
 * });
 * await receiver.start();
 * http.createServer(toNodeHandler(receiver)).listen(8080);
 */
export function createDurableReceiver(options: DurableReceiverOptions): DurableReceiver {
  return new PgReceiver(options);
}

class PgReceiver implements DurableReceiver {
  readonly log: (line: string) => void;
  readonly #options: DurableReceiverOptions;
  readonly #signKeys: readonly string[];
  readonly #pathSecrets: readonly string[];
  readonly #pool: Pool;
  readonly #inbox: PgInbox;
  readonly #worker: InboxWorker;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #purging: NodeJS.Timeout | undefined;

  constructor(options: DurableReceiverOptions) {
    this.#options = options;
    this.log = options.log ?? logToConsole;
    this.#signKeys = readSignKeys(options.signKey);
    this.#pathSecrets = readPathSecrets(options.pathSecret);
    this.#pool =
      typeof options.database === 'string' ? createPool(options.database, this.log) : options.database;
    this.#inbox = new PgInbox(this.#pool);
    const effect = createPgEffect(this.#pool);
    this.#worker = new InboxWorker({
      ...options,
      inbox: this.#inbox,
      log: this.log,
      handle: async (event, signal) => {
        const notification = parseNotification(event.body);
        const { eventId, source, attempt, receivedAt } = event;
        const delivery = { eventId, source, attempt, receivedAt, signal, effect };
        await dispatch(notification, options.on, {
          notification,
          log: this.log,
          remainingMs: undefined,
          delivery,
        });
      },
    });
  }

  start(): Promise<void> {
    return (this.#started ??= this.#start());
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async handle(rawBody: RawBody, meta: ReceiveMeta = {}): Promise<ReceiveResult> {
    try {
      return await this.#receive(rawBody, meta);
    } catch (error) {
      if (!(error instanceof BadNotificationError)) throw error;
      this.log(`Notification refused (400): ${clipText(error.message, 400)}`);
      return { status: 400, body: 'Bad Request', reason: error.message };
    }
  }

  redrive(filter?: RedriveFilter): Promise<number> {
    return this.#inbox.redrive(filter).finally(() => this.#worker.wake());
  }

  listDead(limit = 100): Promise<readonly DeadLetter[]> {
    return this.#inbox.listDead(limit);
  }

  readState(): Promise<InboxState> {
    return this.#inbox.readState();
  }

  async #start(): Promise<void> {
    await migrateReceiver(this.#pool);
    this.#worker.start();
    this.#purging = setInterval(() => void this.#purge(), PURGE_EVERY_MS);
  }

  async #stop(): Promise<void> {
    await this.#started?.catch(() => undefined);
    clearInterval(this.#purging);
    await this.#worker.stop();
    await this.#inbox.idle();
    if (typeof this.#options.database === 'string') await this.#pool.end();
  }

  async #receive(rawBody: RawBody, meta: ReceiveMeta): Promise<ReceiveResult> {
    if (this.#pathSecrets.length > 0 && !hasPathSecret(meta.path, this.#pathSecrets)) {
      const reason =
        'expected the path to end in the secret, got another; compare the callback URL with the setting';
      this.log(`Notification refused (404): ${reason}`);
      return { status: 404, body: 'Not Found', reason };
    }
    const notification = parseNotification(rawBody);
    if (this.#signKeys.length > 0)
      assertSigned(notification.content, this.#signKeys, (this.#options.now ?? Date.now)());
    const body = typeof rawBody === 'string' ? Buffer.from(rawBody) : (rawBody ?? new Uint8Array());
    const arrival = toArrival(notification, { source: 'push', body, headers: meta.headers ?? {} });
    return this.#keep(arrival);
  }

  async #keep(arrival: Arrival): Promise<ReceiveResult> {
    const { eventType } = arrival;
    try {
      const novelty = await storePatiently(this.#inbox, arrival, this.#options.storeTimeoutMs ?? 8000);
      if (novelty === 'new') this.#worker.wake();
      else
        this.log(
          logLine('Notification came again, nothing to do', {
            EventType: eventType,
            FileId: arrival.fileId ?? undefined,
          }),
        );
      return { status: 200, body: '', eventType };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log(
        `Notification not stored (503), a sender that got no answer in time sends it again: ${clipText(reason, 400)}`,
      );
      return { status: 503, body: 'Unavailable', reason };
    }
  }

  async #purge(): Promise<void> {
    await this.#inbox
      .purge(this.#options.retentionMs ?? RETENTION_MS)
      .catch((error: unknown) => this.log(logLine('Old events not removed', { Message: String(error) })));
  }
}

function createPool(connectionString: string, log: (line: string) => void): Pool {
  const pool = new Pool({
    connectionString,
    application_name: 'vodstack-receiver',
    max: 8,
    connectionTimeoutMillis: 5000,
    statement_timeout: 10_000,
    query_timeout: 12_000,
    keepAlive: true,
  });
  // Without a handler an idle connection that the server drops ends the process.
  pool.on('error', (error) => log(logLine('A database connection was lost', { Message: error.message })));
  return pool;
}
