import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { sql } from 'kysely';
import type { VodDb } from '../tables.ts';
import { countCharacters } from '../count-characters.ts';

const MAX_NAME = 64;

/** Changes of one application's classes come one after the other: names and numbers are checked against what is there. */
export async function lockClasses(tx: VodDb, subAppId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`classes:${subAppId}`}, 0))`.execute(tx);
}

export function parseClassName(name: string): string {
  if (name.length >= 1 && countCharacters(name) <= MAX_NAME) return name;
  throw invalidParameterValue(
    'ClassName',
    `must have 1 to ${MAX_NAME} characters, got ${countCharacters(name)}.`,
  );
}

export function toNameConflict(name: string): ApiError {
  return new ApiError(
    'FailedOperation.ClassNameDuplicate',
    `There is a class ${JSON.stringify(name)} at this place already.`,
  );
}
