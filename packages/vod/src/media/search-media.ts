import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { VodDb } from '../tables.ts';
import {
  allOf,
  anyOf,
  type Fit,
  FITS,
  fitting,
  type SearchFilter,
  type WantedText,
} from './search-filter.ts';

/** How many hits are counted and can be paged through (266/31813). */
export const MAX_HITS = 5000;

/** When a search goes over from reading to asking the index; figures of rows. */
export interface SearchLimits {
  /** Of the newest media, which are simply read: what most media have is met among them, and small libraries end there. */
  readonly firstWalk: number;
  /** Reading on beyond this takes longer than asking the index. */
  readonly longWalk: number;
  /** As many hits as are sorted in one go. */
  readonly sorted: number;
}

const LIMITS: SearchLimits = { firstWalk: 10_000, longWalk: 60_000, sorted: 20_000 };

export interface MediaSearch {
  readonly subAppId: number;
  /** Every filter must let a media through. */
  readonly filters: readonly SearchFilter[];
  /** A part of the time by which the media are sorted. */
  readonly createdFrom?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Texts that were searched for: the better one fits, the earlier the media comes. Empty: by time alone. */
  readonly wanted: readonly WantedText[];
  readonly isAscending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchResult {
  readonly fileIds: string[];
  /** Up to MAX_HITS. */
  readonly totalCount: number;
}

/**
 * One page of the media that all filters let through, and how many there are. Values that many media have are found by reading
 * the newest media; rare ones by the index of terms. What is sorted or read is bounded either way.
 */
export async function searchMedia(
  db: VodDb,
  search: MediaSearch,
  limits: SearchLimits = LIMITS,
): Promise<SearchResult> {
  return await db.transaction().execute(async (tx) => {
    // How each statement is to be run is decided here: what the planner cannot know is how frequent combinations are.
    await sql`select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '32MB', true),
      set_config('max_parallel_workers_per_gather', '0', true)`.execute(tx);
    const reader = createReader(tx, search, limits);
    const walk = await reader.walk(limits.firstWalk);
    if (walk.isWhole) return { fileIds: walk.page, totalCount: Math.min(walk.hits, MAX_HITS) };
    const isRare = walk.hits < limits.firstWalk / 100;
    const all = isRare ? await reader.sortAll() : undefined;
    if (all) return all;
    return { totalCount: await countFrequent(reader, walk), fileIds: await pageByFit(reader, walk, search) };
  });
}

async function countFrequent(reader: Reader, walk: Walk): Promise<number> {
  if (walk.hits >= MAX_HITS) return MAX_HITS;
  if (canReach(reader, walk.hits, MAX_HITS)) {
    const isReached = (await reader.countAmong(reader.limits.longWalk)) === MAX_HITS;
    if (isReached) return MAX_HITS;
  }
  return await reader.countSome();
}

/** Whether a walk as long as the long one is likely to meet so many, by what the first walk met. */
function canReach({ limits }: Reader, hitsOfFirst: number, wanted: number): boolean {
  return (hitsOfFirst * limits.longWalk) / limits.firstWalk > wanted * 1.2;
}

/** Those that fit best first, each kind by time. */
async function pageByFit(
  reader: Reader,
  walk: Walk,
  { offset, limit, wanted }: MediaSearch,
): Promise<string[]> {
  const fits = wanted.length > 0 ? FITS : [undefined];
  const fileIds: string[] = [];
  for (const fit of fits) {
    const missing = offset + limit - fileIds.length;
    if (missing <= 0) break;
    fileIds.push(...(await newest(reader, walk, fit, missing)));
  }
  return fileIds.slice(offset, offset + limit);
}

async function newest(reader: Reader, walk: Walk, fit: Fit | undefined, count: number): Promise<string[]> {
  const met = fit ? walk.byFit[fit] : walk.hits;
  if (met >= count) return await reader.newestOf(fit, count, reader.limits.firstWalk);
  if (canReach(reader, met, count)) {
    const found = await reader.newestOf(fit, count, reader.limits.longWalk);
    if (found.length === count) return found;
  }
  return await reader.newestByIndex(fit, count);
}

interface Walk {
  /** There are no more rows than those. */
  readonly isWhole: boolean;
  readonly hits: number;
  readonly byFit: Readonly<Record<Fit, number>>;
  /** Of the hits that were met. */
  readonly page: string[];
}

type Reader = ReturnType<typeof createReader>;

/** The ways to read. Kinds of fit exclude each other: a name that is the text does not count among those that begin with it. */
function createReader(tx: VodDb, search: MediaSearch, limits: SearchLimits) {
  const { subAppId, wanted, offset, limit } = search;
  const filter = allOf(search.filters);
  const order = sql.raw(search.isAscending ? 'asc' : 'desc');
  const byTime = sql`created_at ${order}, file_id ${order}`;
  const rank = rankOf(search);
  const isInTime = inTime(search);
  const ranked = (row: RawBuilder<SqlBool>) => sql`
    select file_id, created_at, case when ${row} then ${rank} end as rank from (
      select * from vod.media_search where sub_app_id = ${subAppId} and ${isInTime} order by ${byTime} limit `;
  /** The index has the application in its terms; a sum keeps the planner from using any other. */
  const ownByIndex = (index: RawBuilder<SqlBool> | undefined) =>
    index ? sql<SqlBool>`sub_app_id + 0 = ${subAppId} and ${index}` : sql<SqlBool>`sub_app_id = ${subAppId}`;

  async function walk(rows: number): Promise<Walk> {
    const { rows: result } = await sql<
      Omit<Walk, 'isWhole' | 'byFit'> & { seen: number } & Record<Fit, number>
    >`
      with walked as materialized (${ranked(filter.row)} ${rows}) newest)
      select count(*) as seen, count(rank) as hits, count(*) filter (where rank = 3) as whole,
        count(*) filter (where rank = 2) as beginning, count(*) filter (where rank = 1) as part,
        array(select file_id from walked where rank is not null order by rank desc, ${byTime} offset ${offset} limit ${limit}) as page
      from walked`.execute(tx);
    const { seen, hits, page, whole, beginning, part } = only(result);
    return { isWhole: seen < rows, hits, page, byFit: { whole, beginning, part } };
  }

  return {
    limits,
    walk,

    /** Every hit, through the index; undefined when they are too many. */
    async sortAll(): Promise<SearchResult | undefined> {
      const { rows } = await sql<{ hits: number; page: string[] }>`
        with hits as materialized (
          select file_id, created_at, ${rank} as rank from vod.media_search
          where ${ownByIndex(filter.index)} and ${isInTime} and ${filter.row} limit ${limits.sorted + 1})
        select count(*) as hits, array(select file_id from hits order by rank desc, ${byTime} offset ${offset} limit ${limit}) as page
        from hits`.execute(tx);
      const { hits, page } = only(rows);
      return hits > limits.sorted ? undefined : { fileIds: page, totalCount: Math.min(hits, MAX_HITS) };
    },

    /** How many there are among so many of the newest, up to MAX_HITS: reads no further than it must. */
    async countAmong(rows: number): Promise<number> {
      const { rows: result } = await sql<{ hits: number }>`
        select count(*) as hits from (
          select 1 from (
            select * from vod.media_search where sub_app_id = ${subAppId} and ${isInTime} order by ${byTime} limit ${rows}) newest
          where ${filter.row} limit ${MAX_HITS}) found`.execute(tx);
      return only(result).hits;
    },

    /** How many there are, up to MAX_HITS, whichever they are. */
    async countSome(): Promise<number> {
      const { rows } = await sql<{ hits: number }>`
        select count(*) as hits from (
          select 1 from vod.media_search where ${ownByIndex(filter.index)} and ${isInTime} and ${filter.row} limit ${MAX_HITS}) found`.execute(
        tx,
      );
      return only(rows).hits;
    },

    /** The newest that fit so, among so many rows. */
    async newestOf(fit: Fit | undefined, count: number, rows: number): Promise<string[]> {
      const isSo = fit ? sql<SqlBool>`rank = ${RANKS[fit]}` : sql<SqlBool>`rank is not null`;
      const { rows: found } = await sql<{ file_id: string }>`
        select file_id from (${ranked(filter.row)} ${rows}) newest) ranked where ${isSo} order by ${byTime} limit ${count}`.execute(
        tx,
      );
      return found.map(({ file_id }) => file_id);
    },

    /** The newest of all that fit so, through the index. */
    async newestByIndex(fit: Fit | undefined, count: number): Promise<string[]> {
      const isSo = fit ? sql<SqlBool>`${rank} = ${RANKS[fit]}` : sql<SqlBool>`true`;
      const fits = fit ? [anyOf(wanted.map((text) => fitting(subAppId, text, fit)))] : [];
      const { index } = allOf([...search.filters, ...fits]);
      const { rows } = await sql<{ file_id: string }>`
        with hits as materialized (
          select file_id, created_at from vod.media_search
          where ${ownByIndex(index)} and ${isInTime} and ${filter.row} and ${isSo})
        select file_id from hits order by ${byTime} limit ${count}`.execute(tx);
      return rows.map(({ file_id }) => file_id);
    },
  };
}

const RANKS: Readonly<Record<Fit, number>> = { whole: 3, beginning: 2, part: 1 };

function rankOf({ subAppId, wanted }: MediaSearch): RawBuilder<number> {
  if (wanted.length === 0) return sql<number>`1`;
  const fits = (fit: Fit) => anyOf(wanted.map((text) => fitting(subAppId, text, fit))).row;
  return sql<number>`case when ${fits('whole')} then ${RANKS.whole}::integer when ${fits('beginning')} then ${RANKS.beginning}::integer
    else ${RANKS.part}::integer end`;
}

function inTime({ createdFrom, createdBefore }: MediaSearch): RawBuilder<SqlBool> {
  const from = createdFrom ? sql<SqlBool>`created_at >= ${createdFrom}` : sql<SqlBool>`true`;
  const before = createdBefore ? sql<SqlBool>`created_at < ${createdBefore}` : sql<SqlBool>`true`;
  return sql<SqlBool>`${from} and ${before}`;
}

function only<Row>([row]: readonly Row[]): Row {
  if (row) return row;
  throw new Error('an aggregate gave no row');
}
