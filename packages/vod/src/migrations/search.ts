import type { Migration } from '@vodstack/platform';

/** For SearchMedia over a million media: an index for each filter, and one for any piece of a name or a description. */
export const search: Omit<Migration, 'version'> = {
  name: 'search',
  sql: `
-- The pieces of a text of one, two and three characters, in lower case: pg_trgm knows no shorter ones and is not everywhere.
create function vod.grams(value text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct gram), '{}')
  from (select lower(left(value, 256)) as text) source,
    generate_series(1, 3) size,
    generate_series(1, length(text) - size + 1) place,
    lateral (select substr(text, place, size) as gram) piece
$$;

alter table vod.media add column name_grams text[] generated always as (vod.grams(name)) stored;
alter table vod.media add column description_grams text[] generated always as (vod.grams(description)) stored;
create index media_by_name_part on vod.media using gin (name_grams);
create index media_by_description_part on vod.media using gin (description_grams);
create index media_by_tag on vod.media using gin (tags);
create index media_by_name on vod.media (sub_app_id, name text_pattern_ops);
create index media_by_time on vod.media (sub_app_id, created_at, file_id);
create index media_by_class on vod.media (sub_app_id, class_id, created_at);
create index media_by_type on vod.media (sub_app_id, type, created_at);
create index media_by_category on vod.media (sub_app_id, category, created_at);
create index media_by_region on vod.media (sub_app_id, storage_region, created_at);
create index media_by_source on vod.media (sub_app_id, source_type, created_at);
create index media_by_status on vod.media (sub_app_id, status, created_at);
create index media_by_expiry on vod.media (sub_app_id, expire_at) where expire_at is not null;
drop index vod.media_of_class;
-- Which pieces are frequent decides whether an index helps: the default of 100 values is too coarse for that.
alter table vod.media alter column name_grams set statistics 1000;
alter table vod.media alter column description_grams set statistics 1000;
alter table vod.media alter column tags set statistics 1000;
`,
};
