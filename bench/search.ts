import type { BenchResult } from './bench-result.ts';
import { type Stack, startQuietStack } from '../tests/support/stack.ts';

const DEFAULT_MEDIA = 1_000_000;
const CALLS = 100;

type Request = Parameters<Stack['client']['SearchMedia']>[0];

const queries: Readonly<Record<string, (call: number) => Request>> = {
  newest: () => ({}),
  lastPage: () => ({ Offset: 4990, Limit: 10 }),
  nameRare: (call) => ({ Names: [`${(call * 7919).toString(16)}a`.padStart(4, 'b')] }),
  nameFrequent: () => ({ Names: ['Holiday'] }),
  nameOneCharacter: () => ({ Names: ['新'] }),
  namePrefix: (call) => ({ NamePrefixes: [`Lesson ${(call % 16).toString(16)}`] }),
  description: (call) => ({ Descriptions: [`in ${call}`] }),
  tagFrequent: () => ({ Tags: ['common'] }),
  tagRare: () => ({ Tags: ['rare'] }),
  class: (call) => ({ ClassIds: [call] }),
  sourceRare: () => ({ SourceTypes: ['Record'] }),
  categoryRare: () => ({ Categories: ['Audio'] }),
  statusRare: () => ({ Status: ['Forbidden'] }),
  month: (call) => ({
    CreateTime: {
      After: `2025-0${1 + (call % 9)}-01T00:00:00Z`,
      Before: `2025-0${1 + (call % 9)}-28T00:00:00Z`,
    },
  }),
  several: (call) => ({ Names: ['Holiday'], Tags: ['common'], MediaTypes: ['mov'], Offset: call }),
};

/**
 * SearchMedia over a million media through the official client: median and 99th percentile of each kind of query in ms, and their
 * ratio to reading one media by its id in the same run.
 */
export async function search([count = DEFAULT_MEDIA]: readonly (string | number)[]): Promise<BenchResult> {
  const media = Number(count);
  const stack = await startQuietStack();
  try {
    await fill(stack, media);
    return await measureAll(stack, media);
  } finally {
    await stack.stop();
  }
}

async function measureAll({ client }: Stack, media: number): Promise<BenchResult> {
  const firstId = 5_285_000_000_000_000_001n;
  const one = await measure((call) =>
    client.DescribeMediaInfos({ FileIds: [String(firstId + BigInt(call))] }),
  );
  const figures: Record<string, number> = { media, byIdP50Ms: one.p50Ms, byIdP99Ms: one.p99Ms };
  const ratios: Record<string, number> = {};
  for (const [kind, toRequest] of Object.entries(queries)) {
    const times = await measure((call) => client.SearchMedia(toRequest(call)));
    figures[`${kind}P50Ms`] = times.p50Ms;
    figures[`${kind}P99Ms`] = times.p99Ms;
    ratios[`${kind}ToById`] = round(times.p99Ms / one.p99Ms);
  }
  return { figures, ratios };
}

/** Straight into the table: a million uploads would take a day. */
async function fill(stack: Stack, media: number): Promise<void> {
  const database = await stack.openDatabase();
  // Indexes of pieces are made in one go afterwards: kept up row by row they take most of the time.
  const { rows } = await database.pool.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where schemaname = 'vod' and tablename = 'media' and indexdef like '%gin%'`,
  );
  for (const { indexname } of rows) await database.pool.query(`drop index vod.${indexname}`);
  await database.pool.query(
    `insert into vod.media (file_id, sub_app_id, name, description, class_id, type, category, storage_region, source_folder,
       derived_folder, source_type, status, tags, created_at, updated_at, expire_at)
     select (5285000000000000000 + n)::text, $1, (array['Holiday', 'Lesson', 'Interview', '新闻', 'Match'])[1 + n % 5] || ' ' || md5(n::text),
       case when n % 10 = 0 then 'Recorded in ' || n % 997 else '' end, n % 200, case when n % 50 = 0 then 'mov' else 'mp4' end,
       case when n % 1000 = 0 then 'Audio' else 'Video' end, 'ap-chongqing', 's', 'd', 'Upload',
       case when n % 5000 = 0 then 'Forbidden' else 'Normal' end,
       case when n % 3 = 0 then array['common'] when n % 10007 = 0 then array['rare'] else '{}' end,
       timestamptz '2025-01-01' + n * interval '1 minute', now(), null
     from generate_series(1, $2::int) n`,
    [stack.server.credentials.appId, media],
  );
  for (const { indexdef } of rows) await database.pool.query(indexdef);
  await database.pool.query('analyze vod.media');
}

async function measure(call: (index: number) => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number }> {
  for (let index = 0; index < 5; index++) await call(index);
  const times: number[] = [];
  for (let index = 0; index < CALLS; index++) {
    const began = performance.now();
    await call(index);
    times.push(performance.now() - began);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { p50Ms: round(sorted[CALLS / 2] ?? 0), p99Ms: round(sorted[CALLS - 2] ?? 0) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
