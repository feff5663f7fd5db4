import { type Expression, type ExpressionBuilder, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { VodDb, VodTables } from '../tables.ts';

/** How many hits are counted and can be paged through (266/31813). */
export const MAX_HITS = 5000;

export interface MediaSearch {
  readonly subAppId: number;
  /** Every condition must hold. */
  readonly conditions: readonly MediaCondition[];
  /** Texts that were searched for, in lower case: the better one fits, the earlier the media comes. Empty: by time. */
  readonly wanted: readonly string[];
  readonly isAscending: boolean;
  readonly offset: number;
  readonly limit: number;
}

type Where = ExpressionBuilder<VodTables, 'vod.media'>;
export type MediaCondition = (where: Where) => Expression<SqlBool>;

/**
 * One page of the media that fulfil all conditions, and how many there are, counted up to MAX_HITS.
 * No more than that many rows are ever looked at closely, however many there are.
 */
export async function searchMedia(
  db: VodDb,
  search: MediaSearch,
): Promise<{ fileIds: string[]; totalCount: number }> {
  const order = search.isAscending ? 'asc' : 'desc';
  const hits = db
    .selectFrom('vod.media')
    .select(['file_id', 'created_at', rankOf(search.wanted).as('rank')])
    .where('sub_app_id', '=', search.subAppId)
    .where((where) => where.and(search.conditions.map((condition) => condition(where))))
    .orderBy('created_at', order)
    .orderBy('file_id', order)
    .limit(MAX_HITS);
  const rows = await db
    .with('hits', () => hits)
    .selectFrom('hits')
    .select(['file_id', sql<string>`count(*) over ()`.as('total')])
    .orderBy('rank', 'desc')
    .orderBy('created_at', order)
    .orderBy('file_id', order)
    .offset(search.offset)
    .limit(search.limit)
    .execute();
  const [first] = rows;
  return {
    fileIds: rows.map(({ file_id }) => file_id),
    totalCount: first ? Number(first.total) : await countHits(),
  };

  /** A page past the end has no row to tell the count. */
  async function countHits(): Promise<number> {
    if (search.offset === 0 && search.limit > 0) return 0;
    const { total } = await db
      .with('hits', () => hits)
      .selectFrom('hits')
      .select(({ fn }) => fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow();
    return Number(total);
  }
}

/** 3 for a name that is the text, 2 for one that begins with it, 1 for one that has it, for each text. */
function rankOf(wanted: readonly string[]): RawBuilder<number> {
  const name = sql<string>`lower(name)`;
  const ranks = wanted.map(
    (text) => sql<number>`case when ${name} = ${text} then 3 when starts_with(${name}, ${text}) then 2
      when strpos(${name}, ${text}) > 0 then 1 else 0 end`,
  );
  return ranks.length === 0 ? sql<number>`0` : sql<number>`(${sql.join(ranks, sql` + `)})`;
}

/** Has the text anywhere, in any case. The pieces find the few rows that may have it, then the text itself is looked for. */
export function contains(column: 'name' | 'description', text: string): MediaCondition {
  const lower = text.toLowerCase();
  const grams = toGrams(lower);
  const pieces = sql.ref(`${column}_grams`);
  const value = sql.ref(column);
  return () => sql<SqlBool>`(${pieces} @> ${grams}::text[] and strpos(lower(${value}), ${lower}) > 0)`;
}

/** The longest pieces that the index has, which are the rarest. Characters as PostgreSQL counts them: by code point. */
function toGrams(text: string): string[] {
  const characters = Array.from(text).slice(0, 256);
  const size = Math.min(3, characters.length);
  return [
    ...new Set(
      Array.from({ length: characters.length - size + 1 }, (_, at) =>
        characters.slice(at, at + size).join(''),
      ),
    ),
  ];
}

export function anyOf(conditions: readonly MediaCondition[]): MediaCondition {
  return (where) => where.or(conditions.map((condition) => condition(where)));
}
