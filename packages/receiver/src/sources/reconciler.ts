import { clipText, logLine } from '../log-line.ts';
import { toArrival, type Arrival } from '../inbox/arrival.ts';
import { textField } from '../parse/fields.ts';
import { parseNotification } from '../parse/notification.ts';
import { reconcileMedia } from './missing-media.ts';
import { reconcileTasks } from './missing-tasks.ts';
import type { Found, Reconciliation, TimeWindow } from './reconciliation.ts';
import type { Watermarks } from './watermarks.ts';
import type { VodClient } from '../vod/client.ts';

export interface ReconcileOptions {
  readonly client: VodClient;
  /** Absent: the account's main application. */
  readonly subAppId?: number;
  /** Ten minutes by default; 0: only when `reconcile` is called. */
  readonly everyMs?: number;
  /** Younger than this, an event may still be on its way; two minutes by default. */
  readonly graceMs?: number;
}

export interface ReconcileReport {
  readonly checkedMedia: number;
  readonly checkedTasks: number;
  /** Events that never came and were made up. */
  readonly missing: readonly { readonly eventType: string; readonly id: string }[];
}

interface ReconcilerOptions extends ReconcileOptions {
  readonly watermarks: Watermarks;
  readonly store: (arrival: Arrival) => Promise<unknown>;
  readonly log: (line: string) => void;
}

const EVERY_MS = 600_000;
const GRACE_MS = 120_000;
/** Searches lag behind: what was created just before the last look may only be found now. */
const OVERLAP_MS = 600_000;
const RUN_TIMEOUT_MS = 300_000;

/**
 * Looks for media and finished tasks whose events never came, and puts those events into the inbox, made from what the API tells.
 * It begins with the moment of its first start: nothing older is ever made up (it might be transcoded, and billed, once more).
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<ReconcileReport> | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#options.watermarks.begin(new Date());
    const { everyMs = EVERY_MS } = this.#options;
    if (everyMs > 0) this.#timer = setInterval(() => void this.#tick(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#current?.catch(() => undefined);
  }

  /** Concurrent callers share one run. */
  run(): Promise<ReconcileReport> {
    this.#current ??= this.#run().finally(() => (this.#current = undefined));
    return this.#current;
  }

  async #tick(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#options.log(logLine('Reconciling failed, to be tried again', { Message: clipText(message) }));
    }
  }

  async #run(): Promise<ReconcileReport> {
    const { client, subAppId, watermarks, log } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(RUN_TIMEOUT_MS), this.#stopping.signal]);
    const missing: { eventType: string; id: string }[] = [];
    const reconciliation: Reconciliation = {
      client,
      application: subAppId === undefined ? {} : { SubAppId: subAppId },
      signal,
      watermarks,
      report: async (found) => void missing.push(await this.#report(found)),
    };
    // Tasks first: the end of a pull tells of its media, too.
    const checkedTasks = await this.#advance('tasks', (window) => reconcileTasks(reconciliation, window));
    const checkedMedia = await this.#advance('media', (window) => reconcileMedia(reconciliation, window));
    if (missing.length > 0) log(logLine('Events that never came were made up', { Events: missing.length }));
    return { checkedMedia, checkedTasks, missing };
  }

  async #advance(name: 'tasks' | 'media', look: (window: TimeWindow) => Promise<number>): Promise<number> {
    const { watermarks, graceMs = GRACE_MS } = this.#options;
    const { at, begunAt } = await watermarks.read(name);
    const after = new Date(Math.max(begunAt.getTime(), at.getTime() - OVERLAP_MS));
    const before = new Date(Date.now() - graceMs);
    if (before <= after) return 0;
    const checked = await look({ after, before });
    await watermarks.advance(name, before);
    return checked;
  }

  async #report({ eventType, member, content }: Found): Promise<{ eventType: string; id: string }> {
    const body = Buffer.from(JSON.stringify({ EventType: eventType, [member]: content }));
    await this.#options.store(toArrival(parseNotification(body), { source: 'reconciled', body }));
    const id = textField(content, 'TaskId') ?? textField(content, 'FileId') ?? '';
    this.#options.log(logLine('Event made up, it never came', { EventType: eventType, Id: id }));
    return { eventType, id };
  }
}
