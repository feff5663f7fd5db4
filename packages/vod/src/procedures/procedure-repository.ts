import { findPresetProcedure, type models, presetProcedures } from '@vodstack/protocol';
import { sql } from 'kysely';
import { parseMediaProcessTask, toMediaProcessTask } from '../tasks/parse-media-process.ts';
import type { ProcedureRow, VodDb } from '../tables.ts';
import { parseSimpleProcessFile } from './simple-process-file.ts';

export interface Procedure {
  readonly name: string;
  readonly type: 'Preset' | 'Custom';
  readonly comment: string;
  readonly mediaProcessTask: models.MediaProcessTaskInput;
  /** Undefined for presets. */
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/**
 * What a procedure asks for: a preset's or the application's own by its name, or the old inline form. Undefined when there is
 * no such procedure.
 */
export async function findProcedureTask(
  db: VodDb,
  subAppId: number,
  text: string,
): Promise<models.MediaProcessTaskInput | undefined> {
  const preset = findPresetProcedure(text)?.mediaProcessTask ?? parseSimpleProcessFile(text);
  if (preset) return preset;
  // U+0000 is the one character that PostgreSQL does not take.
  if (text.includes('\0')) return undefined;
  const row = await db
    .selectFrom('vod.procedure')
    .select('media_process_task')
    .where('sub_app_id', '=', subAppId)
    .where('name', '=', text)
    .executeTakeFirst();
  return row?.media_process_task;
}

/** Presets, then the application's own procedures, newest first. */
export async function listProcedures(db: VodDb, subAppId: number): Promise<Procedure[]> {
  const rows = await db
    .selectFrom('vod.procedure')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .orderBy('created_at', 'desc')
    .orderBy('name')
    .execute();
  return [...presets, ...rows.map(toProcedure)];
}

const presets: readonly Procedure[] = presetProcedures.map(({ name, comment, mediaProcessTask }) => ({
  name,
  type: 'Preset',
  comment,
  mediaProcessTask: toMediaProcessTask(parseMediaProcessTask(mediaProcessTask)),
  createdAt: undefined,
  updatedAt: undefined,
}));

function toProcedure(row: ProcedureRow): Procedure {
  return {
    name: row.name,
    type: 'Custom',
    comment: row.comment,
    mediaProcessTask: row.media_process_task,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface NewProcedure {
  readonly subAppId: number;
  readonly name: string;
  readonly comment: string;
  readonly mediaProcessTask: models.MediaProcessTaskInput;
}

/** Adds a procedure; says what stands against it, if anything. */
export async function insertProcedure(
  db: VodDb,
  { subAppId, name, comment, mediaProcessTask }: NewProcedure,
  quota: number,
): Promise<'made' | 'exists' | 'too many'> {
  return await db.transaction().execute(async (tx) => {
    // Two that are made at the same moment must not both take the last place.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`procedure:${subAppId}`}, 0))`.execute(tx);
    const names = await tx
      .selectFrom('vod.procedure')
      .select('name')
      .where('sub_app_id', '=', subAppId)
      .execute();
    if (names.some((row) => row.name === name)) return 'exists';
    if (names.length >= quota) return 'too many';
    await tx
      .insertInto('vod.procedure')
      .values({ sub_app_id: subAppId, name, comment, media_process_task: JSON.stringify(mediaProcessTask) })
      .execute();
    return 'made';
  });
}

/** @returns whether there was such a procedure */
export async function updateProcedure(
  db: VodDb,
  { subAppId, name, comment, mediaProcessTask }: NewProcedure,
): Promise<boolean> {
  const result = await db
    .updateTable('vod.procedure')
    .set({ comment, media_process_task: JSON.stringify(mediaProcessTask), updated_at: sql`now()` })
    .where('sub_app_id', '=', subAppId)
    .where('name', '=', name)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** @returns whether there was such a procedure */
export async function deleteProcedure(db: VodDb, subAppId: number, name: string): Promise<boolean> {
  const result = await db
    .deleteFrom('vod.procedure')
    .where('sub_app_id', '=', subAppId)
    .where('name', '=', name)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
