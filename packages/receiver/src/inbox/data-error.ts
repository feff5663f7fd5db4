import { DatabaseError } from 'pg';

/** SQLSTATE classes that blame a value, not the connection: the same statement would fail again. */
const DATA_CLASSES = /^(?:22|23|54)/;

export function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && DATA_CLASSES.test(error.code ?? '');
}
