import type { Pool } from 'pg';
import { assertSigned } from '../check-sign.ts';
import { logToConsole } from '../console-log.ts';
import { dispatch } from '../dispatch.ts';
import { createPgEffect } from '../effects/pg-effects.ts';
import { clipText, logLine } from '../log-line.ts';
import { BadNotificationError, parseNotification, type RawBody } from '../parse/notification.ts';
import { readSignKeys, type ReceiveMeta, type ReceiveResult } from '../receiver.ts';
import { migrateReceiver } from '../stores/migrate-receiver.ts';
import { PullLoop, type PullState } from '../sources/pull-loop.ts';
import { Reconciler, type ReconcileReport } from '../sources/reconciler.ts';
import { createPgWatermarks } from '../sources/watermarks.ts';
import { confirm, isToBeConfirmed } from '../trust/confirm.ts';
import { hasPathSecret, readPathSecrets } from '../trust/path-secret.ts';
import { toArrival, type Arrival } from './arrival.ts';
import type { ClaimedEvent, DeadLetter, InboxState, Novelty, RedriveFilter } from './inbox.ts';
import { createReceiverPool } from './create-pool.ts';
import type { DurableReceiver, DurableReceiverOptions } from './durable-receiver-options.ts';
import { PgInbox } from './pg-inbox.ts';
import { storePatiently } from './store-patiently.ts';
import { InboxWorker } from './worker.ts';

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
  readonly #pullLoop: PullLoop | undefined;
  readonly #reconciler: Reconciler | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #purging: NodeJS.Timeout | undefined;

  constructor(options: DurableReceiverOptions) {
    this.#options = options;
    this.log = options.log ?? logToConsole;
    this.#signKeys = readSignKeys(options.signKey);
    this.#pathSecrets = readPathSecrets(options.pathSecret);
    this.#pool =
      typeof options.database === 'string'
        ? createReceiverPool({ connectionString: options.database }, this.log)
        : options.database;
    this.#inbox = new PgInbox(this.#pool, () => this.#worker);
    this.#worker = new InboxWorker({
      ...options,
      inbox: this.#inbox,
      log: this.log,
      handle: (event, signal) => this.#act(event, signal),
    });
    const intake = { log: this.log, store: (arrival: Arrival) => this.#store(arrival) };
    this.#pullLoop = options.pull && new PullLoop({ ...options.pull, ...intake });
    const watermarks = createPgWatermarks(this.#pool);
    this.#reconciler = options.reconcile && new Reconciler({ ...options.reconcile, ...intake, watermarks });
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

  get pullState(): PullState | undefined {
    return this.#pullLoop?.state;
  }

  async reconcile(): Promise<ReconcileReport> {
    if (this.#reconciler === undefined)
      throw new TypeError('reconcile: expected the option of that name, got none');
    return this.#reconciler.run();
  }

  async #start(): Promise<void> {
    await migrateReceiver(this.#pool);
    this.#worker.start();
    await this.#reconciler?.start();
    this.#pullLoop?.start();
    this.#purging = setInterval(() => void this.#purge(), PURGE_EVERY_MS);
  }

  async #stop(): Promise<void> {
    await this.#started?.catch(() => undefined);
    clearInterval(this.#purging);
    await Promise.all([this.#pullLoop?.stop(), this.#reconciler?.stop()]);
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
      const novelty = await this.#store(arrival);
      if (novelty === 'known')
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

  #store(arrival: Arrival): Promise<Novelty> {
    return storePatiently(this.#inbox, arrival, this.#options.storeTimeoutMs ?? 8000);
  }

  async #act(event: ClaimedEvent, signal: AbortSignal): Promise<void> {
    const { on, confirm: confirmation } = this.#options;
    const { eventId, source, attempt, receivedAt } = event;
    let notification = parseNotification(event.body);
    if (confirmation !== undefined && source === 'push' && isToBeConfirmed(confirmation.mode))
      notification = await confirm(notification, confirmation, signal);
    const delivery = {
      eventId,
      source,
      attempt,
      receivedAt,
      signal,
      effect: createPgEffect(this.#pool, eventId),
    };
    await dispatch(notification, on, { notification, log: this.log, remainingMs: undefined, delivery });
  }

  async #purge(): Promise<void> {
    const { retentionMs = RETENTION_MS } = this.#options;
    await this.#inbox
      .purge(retentionMs)
      .catch((error: unknown) => this.log(logLine('Old events not removed', { Message: String(error) })));
  }
}
