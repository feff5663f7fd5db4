import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { toClientConfig, type ConnectionOptions } from './connection.ts';
import { createListener, type Subscription } from './listener.ts';

/** One PostgreSQL database: a pool, a query builder over it and a shared connection for notifications. */
export interface Database {
  readonly pool: Pool;
  /** Typed query builder; table names are schema-qualified keys, e.g. `Kysely<{ 'vod.media': MediaTable }>`. Never destroy it: it shares the pool. */
  kysely<Tables>(): Kysely<Tables>;
  /**
   * LISTEN on one connection shared by all channels; survives reconnects. `onMessage('')` is called after every
   * (re)connect, so that a listener can catch up on what it may have missed. Rejects when the first connection fails.
   */
  listen(channel: string, onMessage: (payload: string) => void): Promise<Subscription>;
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  connection: ConnectionOptions;
  logger: Logger;
  /** Most connections at once, without the one for notifications. Default 10. */
  poolSize?: number;
}

/** Connects lazily: the first query opens the first connection. int8 is a number, numeric a string, timestamptz a Date, json parsed. */
export function createDatabase({ connection, logger, poolSize = 10 }: DatabaseOptions): Database {
  const pool = new Pool({ ...toClientConfig(connection, 'vodstack'), max: poolSize });
  // Without a handler an idle connection that the server drops (a restart) ends the process.
  pool.on('error', (err) => logger.warn({ err }, 'an idle database connection was lost'));
  // The same for one that is in use but between two statements of a transaction: the next statement reports the loss.
  pool.on('connect', (client) => client.on('error', (err) => logger.debug({ err }, 'a connection failed')));
  const listener = createListener({ connection, logger });
  let closing: Promise<void> | undefined;
  return {
    pool,
    kysely: <Tables>() => new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    listen: (channel, onMessage) => listener.listen(channel, onMessage),
    close: () => (closing ??= Promise.all([listener.close(), pool.end()]).then(() => undefined)),
  };
}
