import { createDatabase, createLogger, type Database, migrate } from '@vodstack/platform';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../../platform/test/support/test-database.ts';
import {
  anyOf,
  fitting,
  hasAnyTag,
  isOneOf,
  nameBeginsWith,
  type SearchFilter,
  type WantedText,
} from '../../src/media/search-filter.ts';
import { type SearchLimits, searchMedia } from '../../src/media/search-media.ts';
import { vodMigrations } from '../../src/migrations.ts';
import type { VodTables } from '../../src/tables.ts';

const APP = 1_250_000_001;
const COUNT = 300;
const START = Date.parse('2026-01-01T00:00:00Z');

interface Media {
  readonly id: string;
  readonly app: number;
  readonly name: string;
  readonly description: string;
  readonly classId: number;
  readonly type: string;
  readonly tags: readonly string[];
  readonly at: number;
}

const PIECES = ['Cat', 'cat', 'Été', 'été', '新闻', '新', ' ', '100%', '_x', 'o', 'Dog', '\\', "'"];

function pick<Value>(values: readonly Value[], seed: number): Value {
  return values[seed % values.length] as Value;
}

/** Rows that differ in every way by number, some of the same moment, and some of another application. */
const library: readonly Media[] = Array.from({ length: COUNT }, (_, n) => ({
  id: String(5_285_000_000_000_000_000n + BigInt((n * 7919) % 100_003)),
  app: n % 10 === 9 ? APP + 1 : APP,
  name: pick(PIECES, n) + (n % 4 === 0 ? '' : pick(PIECES, n * 7 + 3)) + (n % 9 === 0 ? String(n) : ''),
  description: n % 3 === 0 ? pick(PIECES, n * 5 + 1) + pick(PIECES, n * 11) : '',
  classId: n % 6,
  type: n % 50 === 0 ? 'mov' : 'mp4',
  tags: [...(n % 2 === 0 ? ['common'] : []), ...(n > 280 ? ['new'] : []), ...(n < 15 ? ['old'] : [])],
  at: START + Math.floor(n / 2) * 60_000,
}));

let database: Database;
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  database = createDatabase({
    connection: testDatabase.connection,
    logger: createLogger({ level: 'silent' }),
    poolSize: 2,
  });
  await migrate(database, 'vod', vodMigrations);
  for (const app of [APP, APP + 1]) {
    await database.pool.query('insert into vod.sub_app (sub_app_id, name) values ($1, $2)', [app, 'name']);
  }
  for (const media of library) {
    await database.pool.query(
      `insert into vod.media (file_id, sub_app_id, name, description, class_id, type, category, storage_region, source_folder,
         derived_folder, source_type, tags, created_at)
       values ($1, $2, $3, $4, $5, $6, 'Video', 'ap-chongqing', 's', 'd', 'Upload', $7, $8)`,
      [
        media.id,
        media.app,
        media.name,
        media.description,
        media.classId,
        media.type,
        media.tags,
        new Date(media.at),
      ],
    );
  }
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.stop();
});

interface Search {
  readonly names: readonly string[];
  readonly descriptions: readonly string[];
  readonly prefixes: readonly string[];
  readonly tags: readonly string[];
  readonly classIds: readonly number[];
  readonly types: readonly string[];
  readonly fromMinute: number | undefined;
  readonly beforeMinute: number | undefined;
  readonly isAscending: boolean;
  readonly offset: number;
  readonly limit: number;
}

function fold(text: string): string {
  return text.toLowerCase();
}

function rank(media: Media, { names, descriptions }: Search): number {
  const texts = [
    ...names.map((text) => [fold(media.name), fold(text)] as const),
    ...descriptions.map((text) => [fold(media.description), fold(text)] as const),
  ];
  if (texts.some(([value, text]) => value === text)) return 3;
  return texts.some(([value, text]) => value.startsWith(text)) ? 2 : 1;
}

const isIn = <Value>(list: readonly Value[], holds: (value: Value) => boolean): boolean =>
  list.length === 0 || list.some(holds);

function fits(media: Media, search: Search): boolean {
  return (
    media.app === APP &&
    isIn(search.names, (text) => fold(media.name).includes(fold(text))) &&
    isIn(search.descriptions, (text) => fold(media.description).includes(fold(text))) &&
    isIn(search.prefixes, (text) => media.name.startsWith(text)) &&
    isIn(search.tags, (tag) => media.tags.includes(tag)) &&
    isIn(search.classIds, (classId) => media.classId === classId) &&
    isIn(search.types, (type) => media.type === type) &&
    (search.fromMinute === undefined || media.at >= START + search.fromMinute * 60_000) &&
    (search.beforeMinute === undefined || media.at < START + search.beforeMinute * 60_000)
  );
}

/** What the search means, said as simply as can be. */
function expected(search: Search): { fileIds: string[]; totalCount: number } {
  const direction = search.isAscending ? 1 : -1;
  const hits = library
    .filter((media) => fits(media, search))
    .toSorted(
      (a, b) => rank(b, search) - rank(a, search) || direction * (a.at - b.at || (a.id < b.id ? -1 : 1)),
    );
  return {
    fileIds: hits.slice(search.offset, search.offset + search.limit).map(({ id }) => id),
    totalCount: hits.length,
  };
}

const toTexts = (column: 'name' | 'description', list: readonly string[]): WantedText[] =>
  list.map((text) => ({ column, text }));
const toTime = (minute: number | undefined): Date | undefined =>
  minute === undefined ? undefined : new Date(START + minute * 60_000);

async function find(search: Search, limits: SearchLimits): Promise<object> {
  const { names, descriptions, prefixes, tags, classIds, types, fromMinute, beforeMinute, ...page } = search;
  const texts = [toTexts('name', names), toTexts('description', descriptions)];
  const filters: SearchFilter[] = [
    ...texts
      .filter((list) => list.length > 0)
      .map((list) => anyOf(list.map((text) => fitting(APP, text, 'part')))),
    ...(prefixes.length > 0 ? [anyOf(prefixes.map((prefix) => nameBeginsWith(APP, prefix)))] : []),
    ...(tags.length > 0 ? [hasAnyTag(APP, tags)] : []),
    ...(classIds.length > 0 ? [isOneOf(APP, 'c', classIds)] : []),
    ...(types.length > 0 ? [isOneOf(APP, 'y', types)] : []),
  ];
  return await searchMedia(
    database.kysely<VodTables>(),
    {
      ...page,
      subAppId: APP,
      filters,
      createdFrom: toTime(fromMinute),
      createdBefore: toTime(beforeMinute),
      wanted: texts.flat(),
    },
    limits,
  );
}

const text = fc
  .array(fc.constantFrom(...PIECES, 'CAT', 'ca', 'a', '闻', '1', 'zebra', '%'), {
    minLength: 1,
    maxLength: 2,
  })
  .map((pieces) => pieces.join(''));
const few = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Value[]>([]) },
    { weight: 1, arbitrary: fc.array(value, { maxLength: 3 }) },
  );
const minute = fc.option(fc.integer({ min: 0, max: COUNT / 2 }), { nil: undefined, freq: 1 });
const searches: fc.Arbitrary<Search> = fc.record({
  names: few(text),
  descriptions: few(text),
  prefixes: few(text),
  tags: few(fc.constantFrom('common', 'new', 'old', 'none')),
  classIds: few(fc.integer({ min: 0, max: 7 })),
  types: few(fc.constantFrom('mp4', 'mov', 'mkv')),
  fromMinute: minute,
  beforeMinute: minute,
  isAscending: fc.boolean(),
  offset: fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
  limit: fc.nat({ max: 30 }),
});

const findNamed = (names: string[]): Promise<object> =>
  find(
    {
      names,
      descriptions: [],
      prefixes: [],
      tags: [],
      classIds: [],
      types: [],
      fromMinute: undefined,
      beforeMinute: undefined,
      isAscending: false,
      offset: 0,
      limit: 10,
    },
    { firstWalk: 1, longWalk: 2, sorted: 100 },
  );

describe('searchMedia finds what a look at every media finds', () => {
  it.each<[string, SearchLimits]>([
    ['when the library is read as a whole', { firstWalk: 1000, longWalk: 2000, sorted: 1000 }],
    ['when some is read and then the index asked', { firstWalk: 20, longWalk: 100, sorted: 1000 }],
    ['when the index must not give many', { firstWalk: 20, longWalk: 60, sorted: 5 }],
    ['when next to nothing is read', { firstWalk: 1, longWalk: 2, sorted: 1 }],
  ])(
    '%s',
    async (_how, limits) => {
      await fc.assert(
        fc.asyncProperty(searches, async (search) => {
          expect(await find(search, limits)).toEqual(expected(search));
        }),
        { numRuns: 150 },
      );
    },
    60_000,
  );

  it('after a media has changed, and after it is gone', async () => {
    const fileId = library[0]?.id ?? '';
    await database.pool.query(`update vod.media set name = 'Giraffe' where file_id = $1`, [fileId]);
    expect(await findNamed(['giraffe'])).toEqual({ fileIds: [fileId], totalCount: 1 });
    await database.pool.query('delete from vod.media where file_id = $1', [fileId]);
    expect(await findNamed(['giraffe'])).toEqual({ fileIds: [], totalCount: 0 });
  });
});
