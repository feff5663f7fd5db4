import { DatabaseError } from 'pg';

/** SQLSTATE classes and codes of a server that goes away, comes back or cannot be reached. */
const LOST_STATES = /^(?:08|57P0[1-5])/;
/** What `pg` says, without a code, of a connection that ended or was never made. */
const LOST_MESSAGES =
  /^Connection terminated|not queryable$|^timeout exceeded when trying to connect|^timeout expired/;
const LOST_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Whether a statement failed because the database could not be reached, which says nothing about the statement: it may
 * succeed when it is tried again, and it may even have been carried out.
 */
export function isDatabaseLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isDatabaseLost);
  if (error instanceof DatabaseError) return LOST_STATES.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  if (LOST_MESSAGES.test(error.message)) return true;
  return (
    'syscall' in error && (error.syscall === 'connect' || ('code' in error && LOST_CODES.has(error.code)))
  );
}
