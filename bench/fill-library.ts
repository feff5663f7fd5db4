import type { Stack } from '../tests/support/stack.ts';

/** Straight into the tables: a million uploads would take a day. */
export async function fillLibrary(stack: Stack, media: number): Promise<void> {
  const database = await stack.openDatabase();
  const client = await database.pool.connect();
  try {
    await client.query(`set synchronous_commit = off; set maintenance_work_mem = '1GB'`);
    // The index of terms is made in one go afterwards: kept up row by row it takes most of the time.
    const { rows } = await client.query<{ indexdef: string }>(
      `select indexdef from pg_indexes where schemaname = 'vod' and indexname = 'media_search_by_term'`,
    );
    await client.query('drop index vod.media_search_by_term; alter table vod.media disable trigger user');
    await client.query(INSERT_MEDIA, [stack.server.credentials.appId, media]);
    await client.query(`insert into vod.media_search
      select file_id, sub_app_id, created_at, expire_at, left(name, 256), vod.fold(name), vod.fold(description), class_id, type,
        category, storage_region, source_type, status, tags
      from vod.media`);
    await client.query('alter table vod.media enable trigger user');
    for (const { indexdef } of rows) await client.query(indexdef);
    await client.query('vacuum (analyze) vod.media_search');
    await client.query('analyze vod.media');
  } finally {
    client.release(true);
  }
}

/** A mix as libraries have it: r is a number that looks random and is the same in every run. */
const INSERT_MEDIA = `
insert into vod.media (file_id, sub_app_id, name, description, class_id, type, category, storage_region, source_folder,
  derived_folder, source_type, status, tags, created_at, updated_at, expire_at)
select (5285000000000000000 + n)::text, $1,
  case r % 5
    when 0 then 'Holiday in ' || (array['Lisbon','Rome','Kyoto','Paris','Oslo','Quito','Cairo','Lima'])[1 + r / 5 % 8] || ' ' || (2000 + r / 40 % 25) || ' part ' || n
    when 1 then 'Lesson ' || r / 5 % 400 || ' ' || (array['algebra','biology','music','history'])[1 + r / 2000 % 4] || ' ' || to_hex(n)
    when 2 then 'Interview with ' || (array['Ann','Bob','Chen','Dora','Emil'])[1 + r / 5 % 5] || ' ' || to_hex(r)
    when 3 then '新闻 ' || (array['北京','上海','广州','成都','重庆'])[1 + r / 5 % 5] || ' 第' || n || '集'
    else 'IMG_' || lpad((n % 10000)::text, 4, '0') || '.MOV' end,
  case when r % 11 = 0 then 'Recorded in ' || r / 11 % 997 || ' by camera ' || r / 7 % 9 else '' end, r / 3 % 200,
  case when r % 53 = 0 then 'mov' when r % 997 = 0 then 'mkv' else 'mp4' end,
  case when r % 1009 = 0 then 'Audio' else 'Video' end, 'ap-chongqing', 's', 'd', case when r % 17 = 0 then 'ServerUpload' else 'Upload' end,
  case when r % 5003 = 0 then 'Forbidden' else 'Normal' end,
  array_remove(array[case when r % 3 = 0 then 'common' end, case when r % 61 = 0 then 'medium' end, case when r % 10007 = 0 then 'rare' end, 'user' || r / 13 % 5000], null),
  timestamptz '2024-01-01' + n * interval '1 minute', now(), case when r % 100 = 0 then timestamptz '2035-01-01' + n * interval '1 minute' end
from (select n, abs(hashint4(n)) % 1000000007 as r from generate_series(1, $2::int) n) source`;
