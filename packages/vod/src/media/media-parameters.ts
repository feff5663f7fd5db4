import { invalidParameterValue } from '@vodstack/protocol';
import { assertClass } from '../classes/assert-class.ts';
import type { VodContext } from '../context.ts';
import { DEFAULT_STORAGE_REGION, isStorageRegion, type StorageRegion } from './locations.ts';
import { findProcedureTask } from '../procedures/procedure-repository.ts';
import { parseMediaProcessTask } from '../tasks/parse-media-process.ts';
import { countCharacters } from '../count-characters.ts';

// What the actions that make media have in common.

const MAX_CLASS_ID = 2_147_483_647;

export function parseExpireTime(value: string | null | undefined, now: Date): string | undefined {
  if (!value) return undefined;
  const time = new Date(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value) && time.getTime() > now.getTime()) return time.toISOString();
  throw invalidParameterValue(
    'ExpireTime',
    `must be a time to come in ISO 8601, such as 2030-01-01T00:00:00Z, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

export async function parseClassId(context: VodContext, subAppId: number, value: number): Promise<number> {
  if (value >= 0 && value <= MAX_CLASS_ID) {
    await assertClass(context.db, subAppId, value);
    return value;
  }
  throw invalidParameterValue('ClassId', `must be 0 to ${MAX_CLASS_ID}, got ${value}.`);
}

export function parseRegion(value: string | null | undefined): StorageRegion {
  if (!value) return DEFAULT_STORAGE_REGION;
  if (isStorageRegion(value)) return value;
  throw invalidParameterValue(
    'StorageRegion',
    `names no storage region of this server: ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

export function limited(name: string, value: string, maxCharacters: number): string {
  if (countCharacters(value) <= maxCharacters) return value;
  throw invalidParameterValue(
    name,
    `may have ${maxCharacters} characters at most, got ${countCharacters(value)}.`,
  );
}

export async function parseProcedure(
  { db }: Pick<VodContext, 'db'>,
  subAppId: number,
  text: string | null | undefined,
): Promise<string | undefined> {
  if (!text) return undefined;
  const task = await findProcedureTask(db, subAppId, text);
  if (!task) {
    throw invalidParameterValue(
      'Procedure',
      `names no procedure template: ${JSON.stringify(text.slice(0, 40))}.`,
    );
  }
  // Only the old inline form can be wrong here: it must not be found out after the upload.
  parseMediaProcessTask(task);
  return text;
}
