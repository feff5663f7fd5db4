import { Pool, type PoolConfig } from 'pg';
import { logLine } from '../log-line.ts';

/** A pool whose every wait has an end: a database that hangs must not hold arrivals for ever. */
export function createReceiverPool(connection: PoolConfig, log: (line: string) => void): Pool {
  const pool = new Pool({
    ...connection,
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
