import { type RawBuilder, sql, type SqlBool } from 'kysely';

export type Condition = RawBuilder<SqlBool>;

/** One filter of a search, said twice: so that a row can be checked, and so that the index of terms can find the rows. */
export interface SearchFilter {
  readonly row: Condition;
  /** Holds for every row that the filter lets through, and may hold for some more. Absent: the index is of no use. */
  readonly index?: Condition;
}

/** A text that is searched for in a media's name or description, in any case. */
export interface WantedText {
  readonly column: 'name' | 'description';
  readonly text: string;
}

/** How well a text fits: it is the whole name, its beginning, or a part of it. */
export const FITS = ['whole', 'beginning', 'part'] as const;
export type Fit = (typeof FITS)[number];

/** The expression of the index `media_search_by_term`, letter for letter. */
const TERMS = sql.raw(
  `vod.search_terms(sub_app_id, name_folded, description_folded, tags, class_id, vod.other_facts(type, category, storage_region, source_type, status))`,
);

/** Facts that are one value of a column, by the letter that the index knows them by. */
const COLUMNS = {
  c: 'class_id',
  y: 'type',
  k: 'category',
  r: 'storage_region',
  o: 'source_type',
  s: 'status',
} as const;

export function isOneOf(
  subAppId: number,
  kind: keyof typeof COLUMNS,
  values: readonly (string | number)[],
): SearchFilter {
  const list = kind === 'c' ? sql`${values}::integer[]` : sql`${values}::text[]`;
  return {
    row: sql<SqlBool>`${sql.ref(COLUMNS[kind])} = any(${list})`,
    index: hasAnyTerm(subAppId, kind, values),
  };
}

export function hasAnyTag(subAppId: number, tags: readonly string[]): SearchFilter {
  return { row: sql<SqlBool>`tags && ${tags}::text[]`, index: hasAnyTerm(subAppId, 't', tags) };
}

function hasAnyTerm(subAppId: number, kind: string, values: readonly (string | number)[]): Condition {
  const terms = values.map((value) => sql`vod.search_term(${subAppId}, ${`${kind}${value}`})`);
  return sql<SqlBool>`${TERMS} && array[${sql.join(terms)}]`;
}

/** As it is written, unlike the other texts. */
export function nameBeginsWith(subAppId: number, prefix: string): SearchFilter {
  const { index } = fitting(subAppId, { column: 'name', text: prefix }, 'beginning');
  return { row: sql<SqlBool>`starts_with(name, ${prefix})`, ...(index ? { index } : {}) };
}

/** @param fit at least that well */
export function fitting(subAppId: number, { column, text }: WantedText, fit: Fit): SearchFilter {
  const value = sql.ref(`${column}_folded`);
  const wanted = sql<string>`vod.fold(${text})`;
  const marked = {
    whole: sql`E'\\x02' || ${wanted} || E'\\x03'`,
    beginning: sql`E'\\x02' || ${wanted}`,
    part: wanted,
  }[fit];
  return {
    row: {
      whole: sql<SqlBool>`${value} = ${wanted}`,
      beginning: sql<SqlBool>`starts_with(${value}, ${wanted})`,
      part: sql<SqlBool>`strpos(${value}, ${wanted}) > 0`,
    }[fit],
    index: sql<SqlBool>`${TERMS} @> vod.wanted_terms(${subAppId}, ${column === 'name' ? 'n' : 'd'}, ${marked})`,
  };
}

/** Any of them must hold. */
export function anyOf(filters: readonly SearchFilter[]): SearchFilter {
  const indexes = filters.flatMap(({ index }) => (index ? [index] : []));
  const row = join(
    filters.map((filter) => filter.row),
    'or',
  );
  return indexes.length === filters.length ? { row, index: join(indexes, 'or') } : { row };
}

/** All of them must hold. */
export function allOf(filters: readonly SearchFilter[]): SearchFilter {
  const indexes = filters.flatMap(({ index }) => (index ? [index] : []));
  const row = join(
    filters.map((filter) => filter.row),
    'and',
  );
  return indexes.length > 0 ? { row, index: join(indexes, 'and') } : { row };
}

function join(conditions: readonly Condition[], word: 'and' | 'or'): Condition {
  const [first] = conditions;
  if (conditions.length === 1 && first) return first;
  return conditions.length === 0
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(${sql.join(conditions, sql.raw(` ${word} `))})`;
}
