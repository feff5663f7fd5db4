import {
  findPresetTemplate,
  listPresetTemplates,
  type Template,
  type TemplateKind,
  type TemplateParameters,
} from '@vodstack/protocol';
import { sql } from 'kysely';
import type { TemplateRow, VodDb } from '../tables.ts';

export interface NewTemplate<Kind extends TemplateKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly comment: string;
  readonly parameters: TemplateParameters<Kind>;
}

/** A preset or one of the application's own templates; undefined when there is none of this kind and definition. */
export async function findTemplate<Kind extends TemplateKind>(
  db: VodDb,
  subAppId: number,
  kind: Kind,
  definition: number,
): Promise<Template<Kind> | undefined> {
  const preset = findPresetTemplate(kind, definition);
  if (preset) return preset;
  const row = await db
    .selectFrom('vod.template')
    .selectAll()
    .where('definition', '=', definition)
    .where('sub_app_id', '=', subAppId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && toTemplate<Kind>(row);
}

/** Presets, then the application's own templates, each by ascending definition. */
export async function listTemplates<Kind extends TemplateKind>(
  db: VodDb,
  subAppId: number,
  kind: Kind,
): Promise<Template<Kind>[]> {
  const rows = await db
    .selectFrom('vod.template')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .where('kind', '=', kind)
    .orderBy('definition')
    .execute();
  return [...listPresetTemplates(kind), ...rows.map((row) => toTemplate<Kind>(row))];
}

/** Adds a template in the caller's transaction; undefined when the application has `quota` of this kind already. */
export async function insertTemplate<Kind extends TemplateKind>(
  tx: VodDb,
  subAppId: number,
  { kind, name, comment, parameters }: NewTemplate<Kind>,
  quota: number,
): Promise<number | undefined> {
  // Two that are made at the same moment must not both take the last place.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`template:${subAppId}:${kind}`}, 0))`.execute(tx);
  const { count } = await tx
    .selectFrom('vod.template')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('sub_app_id', '=', subAppId)
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow();
  if (Number(count) >= quota) return undefined;
  const row = await tx
    .insertInto('vod.template')
    .values({ sub_app_id: subAppId, kind, name, comment, parameters: JSON.stringify(parameters) })
    .returning('definition')
    .executeTakeFirstOrThrow();
  return row.definition;
}

/**
 * Writes an application's own template anew, in the caller's transaction.
 * @param change what becomes of it
 * @returns undefined when there is none
 */
export async function changeTemplate<Kind extends TemplateKind>(
  tx: VodDb,
  key: { subAppId: number; kind: Kind; definition: number },
  change: (template: Template<Kind>) => NewTemplate<Kind>,
): Promise<NewTemplate<Kind> | undefined> {
  const row = await tx
    .selectFrom('vod.template')
    .selectAll()
    .where('definition', '=', key.definition)
    .where('sub_app_id', '=', key.subAppId)
    .where('kind', '=', key.kind)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const changed = change(toTemplate<Kind>(row));
  await tx
    .updateTable('vod.template')
    .set({
      name: changed.name,
      comment: changed.comment,
      parameters: JSON.stringify(changed.parameters),
      updated_at: sql`now()`,
    })
    .where('definition', '=', key.definition)
    .execute();
  return changed;
}

/** @returns whether there was such a template */
export async function deleteTemplate(
  db: VodDb,
  subAppId: number,
  kind: TemplateKind,
  definition: number,
): Promise<boolean> {
  const result = await db
    .deleteFrom('vod.template')
    .where('definition', '=', definition)
    .where('sub_app_id', '=', subAppId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

function toTemplate<Kind extends TemplateKind>(row: TemplateRow): Template<Kind> {
  return {
    // The rows that are asked for are of this kind, and only templates of a kind are written under its name.
    kind: row.kind as Kind,
    definition: row.definition,
    type: 'Custom',
    name: row.name,
    comment: row.comment,
    parameters: row.parameters as unknown as TemplateParameters<Kind>,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
