import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import type { Logger } from 'pino';
import { toClientConfig, type ConnectionOptions } from './connection.ts';

export interface Subscription {
  close(): Promise<void>;
}

/** LISTEN for any number of channels over one connection of its own, opened at the first subscription. */
export interface Listener {
  listen(channel: string, onMessage: (payload: string) => void): Promise<Subscription>;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** A connection that a firewall dropped silently never errors by itself; a query on it does. */
const DEFAULT_HEARTBEAT_MS = 15_000;

type Handler = (payload: string) => void;

export interface ListenerDeps {
  connection: ConnectionOptions;
  logger: Logger;
  heartbeatMs?: number;
}

export function createListener(deps: ListenerDeps): Listener {
  return new SharedListener(deps);
}

class SharedListener implements Listener {
  readonly #connection: ConnectionOptions;
  readonly #logger: Logger;
  readonly #heartbeatMs: number;
  readonly #channels = new Map<string, Set<Handler>>();
  readonly #closed = new AbortController();
  #client: Client | undefined;
  #connecting: Promise<Client> | undefined;
  #reconnecting: Promise<void> | undefined;

  constructor({ connection, logger, heartbeatMs = DEFAULT_HEARTBEAT_MS }: ListenerDeps) {
    this.#connection = connection;
    this.#logger = logger;
    this.#heartbeatMs = heartbeatMs;
  }

  async listen(channel: string, onMessage: Handler): Promise<Subscription> {
    const handler: Handler = (payload) => onMessage(payload);
    const handlers = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, handlers.add(handler));
    try {
      await this.#subscribe(channel);
    } catch (error) {
      this.#remove(channel, handler);
      throw error;
    }
    this.#call(handler, '');
    return { close: () => this.#unsubscribe(channel, handler) };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#channels.clear();
    await this.#reconnecting;
    const client = this.#client ?? (await this.#connecting?.catch(() => undefined));
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #subscribe(channel: string): Promise<void> {
    if (this.#closed.signal.aborted) throw new Error('The database is closed');
    // While the connection is being re-made, that loop subscribes to every known channel.
    if (this.#reconnecting) return;
    const client = await (this.#connecting ??= this.#connect());
    await client.query(`LISTEN ${escapeIdentifier(channel)}`);
  }

  async #unsubscribe(channel: string, handler: Handler): Promise<void> {
    this.#remove(channel, handler);
    if (this.#channels.has(channel) || !this.#client) return;
    // A failure here means that the connection is gone, and with it the subscription.
    await this.#client.query(`UNLISTEN ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  #remove(channel: string, handler: Handler): void {
    const handlers = this.#channels.get(channel);
    handlers?.delete(handler);
    if (handlers?.size === 0) this.#channels.delete(channel);
  }

  async #connect(): Promise<Client> {
    const client = new Client(toClientConfig(this.#connection, 'vodstack listen'));
    client.on('error', (err) => this.#logger.debug({ err }, 'the notification connection failed'));
    try {
      await client.connect();
    } catch (error) {
      this.#connecting = undefined;
      await client.end().catch(() => undefined);
      throw error;
    }
    client.on('notification', ({ channel, payload }) => this.#dispatch(channel, payload ?? ''));
    const heartbeat = setInterval(() => this.#checkAlive(client), this.#heartbeatMs);
    client.once('end', () => {
      clearInterval(heartbeat);
      this.#onLost(client);
    });
    this.#client = client;
    return client;
  }

  #checkAlive(client: Client): void {
    const timer = setTimeout(() => client.connection.stream.destroy(), this.#heartbeatMs * 0.9);
    client
      .query('SELECT 1')
      .catch(() => undefined)
      .finally(() => clearTimeout(timer));
  }

  #onLost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#connecting = undefined;
    // A loop that is at work already sees its own statements fail.
    if (this.#closed.signal.aborted || this.#reconnecting) return;
    this.#logger.warn('lost the notification connection, connecting again');
    this.#reconnecting = this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (
      let waitMs = FIRST_RETRY_MS;
      !this.#closed.signal.aborted;
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)
    ) {
      await delay(waitMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      if (await this.#tryResubscribe()) return;
    }
  }

  async #tryResubscribe(): Promise<boolean> {
    if (this.#closed.signal.aborted) return true;
    try {
      const client = await (this.#connecting ??= this.#connect());
      const subscribed = new Set<string>();
      // A listener may come while the statements run: repeat until none is left.
      for (let channel = this.#nextChannel(subscribed); channel; channel = this.#nextChannel(subscribed)) {
        await client.query(`LISTEN ${escapeIdentifier(channel)}`);
        subscribed.add(channel);
      }
    } catch (err) {
      this.#logger.debug({ err }, 'the notification connection cannot be made yet');
      return false;
    }
    // Before the handlers run: one of them may subscribe, and has to do so itself from now on.
    this.#reconnecting = undefined;
    for (const channel of this.#channels.keys()) this.#dispatch(channel, '');
    return true;
  }

  #nextChannel(subscribed: ReadonlySet<string>): string | undefined {
    return [...this.#channels.keys()].find((channel) => !subscribed.has(channel));
  }

  #dispatch(channel: string, payload: string): void {
    for (const handler of this.#channels.get(channel) ?? []) this.#call(handler, payload);
  }

  #call(handler: Handler, payload: string): void {
    try {
      handler(payload);
    } catch (err) {
      this.#logger.error({ err }, 'a notification handler failed');
    }
  }
}
