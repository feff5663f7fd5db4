import { setTimeout as delay } from 'node:timers/promises';
import { toArrival, unreadableArrival, type Arrival } from '../inbox/arrival.ts';
import { logLine } from '../log-line.ts';
import { listField, textField } from '../parse/fields.ts';
import { isJsonObject, type JsonObject } from '../parse/json.ts';
import { parseNotification } from '../parse/notification.ts';
import { toApiError } from '../vod/api-error.ts';
import type { VodClient } from '../vod/client.ts';

export interface PullOptions {
  readonly client: VodClient;
  /** Absent: the account's main application. */
  readonly subAppId?: number;
}

export interface PullState {
  /** When the API answered last; null before the first answer. */
  readonly answeredAt: Date | null;
  /** Why the last call failed; null when it did not. */
  readonly error: string | null;
}

interface PullLoopOptions extends PullOptions {
  /** Resolves when the event is durable. */
  readonly store: (arrival: Arrival) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/** PullEvents itself waits up to 5 s (266/34183). */
const CALL_TIMEOUT_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Takes events out of the cloud's queue. They are confirmed only once they are stored: what isn't comes again after 30 s. */
export class PullLoop {
  readonly #options: PullLoopOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #state: PullState = { answeredAt: null, error: null };

  constructor(options: PullLoopOptions) {
    this.#options = options;
  }

  get state(): PullState {
    return this.#state;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#turn();
        this.#state = { answeredAt: new Date(), error: null };
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const { code, message } = toApiError(error);
        this.#state = { ...this.#state, error: `${code ?? 'no answer'}: ${message}` };
        this.#options.log(
          logLine('Pull failed, trying again', { Code: code, Message: message, PauseMs: pauseMs }),
        );
        await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  async #turn(): Promise<void> {
    const events = await this.#pull();
    if (events.length === 0) return;
    await Promise.all(events.map((event) => this.#options.store(toPulledArrival(event))));
    const handles = events.flatMap((event) => textField(event, 'EventHandle') ?? []);
    // What was stored is confirmed even when the receiver is being stopped.
    await this.#call('ConfirmEvents', { EventHandles: handles }, AbortSignal.timeout(CALL_TIMEOUT_MS));
  }

  async #pull(): Promise<readonly JsonObject[]> {
    const signal = AbortSignal.any([AbortSignal.timeout(CALL_TIMEOUT_MS), this.#stopping.signal]);
    try {
      return listField(await this.#call('PullEvents', {}, signal), 'EventSet');
    } catch (error) {
      // "no event": the API has waited already.
      if (toApiError(error).code?.startsWith('ResourceNotFound')) return [];
      throw error;
    }
  }

  async #call(action: string, request: object, signal: AbortSignal): Promise<JsonObject | undefined> {
    const { client, subAppId } = this.#options;
    const application = subAppId === undefined ? {} : { SubAppId: subAppId };
    const answer = await client.request(action, { ...request, ...application }, { signal });
    return isJsonObject(answer) ? answer : undefined;
  }
}

/** One that can't be read becomes a dead letter: left in the queue it would come again for days, and confirmed it would be lost. */
function toPulledArrival({ EventHandle: _handle, ...event }: JsonObject): Arrival {
  const raw = { source: 'pull', body: Buffer.from(JSON.stringify(event)) } as const;
  try {
    return toArrival(parseNotification(raw.body), raw);
  } catch {
    return unreadableArrival(raw);
  }
}
