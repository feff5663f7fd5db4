import type { Migration } from '@vodstack/platform';

/**
 * What SearchMedia looks at, in a narrow table of its own: reading the newest ten thousand rows takes milliseconds, and one index
 * serves every filter and every combination of them.
 */
export const mediaSearch: Omit<Migration, 'version'> = {
  name: 'media search',
  sql: `
-- The one rule by which texts are compared regardless of case, for what is stored and for what is searched for: lower() of a
-- database with the character type C knows no more than ASCII, so that a collation is named that every server has.
do $do$
begin
  execute format(
    $sql$create function vod.fold(value text) returns text language sql immutable strict parallel safe
      return left(lower(value collate %s), 256)$sql$,
    coalesce((select format('%I.%I', n.nspname, c.collname) from pg_collation c join pg_namespace n on n.oid = c.collnamespace
      where n.nspname = 'pg_catalog' and c.collname in ('pg_c_utf8', 'und-x-icu') and c.collencoding in (-1, 6)
        and getdatabaseencoding() = 'UTF8' order by c.collname limit 1), '"default"'));
end $do$;

-- A fact by which media are found: hashed together with the application, so that one application's facts are not another's.
create function vod.search_term(app bigint, fact text) returns bigint language sql immutable strict parallel safe
  return hashtextextended(fact collate "C", app);

-- Every piece of a text of one, two and three characters, with its beginning and its end marked.
create function vod.search_pieces(kind text, value text) returns setof text language sql immutable strict parallel safe
  rows 100 as $$
  select kind || substr(marked, place, size)
  from (select E'\\x02' || value || E'\\x03' as marked) source, generate_series(1, 3) size,
    generate_series(1, length(marked) - size + 1) place
  where value <> ''
$$;

-- All facts of one media.
create function vod.search_terms(app bigint, name text, description text, tags text[], class_id integer, others text[])
  returns bigint[] language sql immutable parallel safe cost 100000 as $$
  select array_agg(vod.search_term(app, fact)) from (
    select vod.search_pieces('n', name) as fact
    union all select vod.search_pieces('d', description)
    union all select 't' || tag from unnest(tags) tag
    union all select 'c' || class_id
    union all select unnest(others)
  ) facts
$$;

-- The few longest pieces that together make up the text: who has them all may have the text.
create function vod.wanted_terms(app bigint, kind text, value text) returns bigint[] language sql immutable strict
  parallel safe as $$
  select array_agg(vod.search_term(app, kind || substr(value, place, 3)))
  from (
    select generate_series(1, length(value) - 2, 3) as place
    union select greatest(1, length(value) - 2)
  ) places
$$;

create function vod.other_facts(type text, category text, region text, source text, status text) returns text[]
  language sql immutable parallel safe
  return array['y' || type, 'k' || category, 'r' || region, 'o' || source, 's' || status];

create table vod.media_search (
  file_id text primary key references vod.media on delete cascade,
  sub_app_id bigint not null,
  created_at timestamptz not null,
  expire_at timestamptz,
  name text not null,
  name_folded text not null,
  description_folded text not null,
  class_id integer not null,
  type text not null,
  category text not null,
  storage_region text not null,
  source_type text not null,
  status text not null,
  tags text[] not null
);

create function vod.index_media() returns trigger language plpgsql as $$
begin
  insert into vod.media_search values (new.file_id, new.sub_app_id, new.created_at, new.expire_at, left(new.name, 256), vod.fold(new.name),
    vod.fold(new.description), new.class_id, new.type, new.category, new.storage_region, new.source_type, new.status, new.tags)
  on conflict (file_id) do update set created_at = excluded.created_at, expire_at = excluded.expire_at, name = excluded.name,
    name_folded = excluded.name_folded, description_folded = excluded.description_folded, class_id = excluded.class_id,
    type = excluded.type, category = excluded.category, storage_region = excluded.storage_region,
    source_type = excluded.source_type, status = excluded.status, tags = excluded.tags;
  return null;
end $$;
create trigger index_media after insert or update of created_at, expire_at, name, description, class_id, type, category,
  storage_region, source_type, status, tags on vod.media for each row execute function vod.index_media();

insert into vod.media_search
select file_id, sub_app_id, created_at, expire_at, left(name, 256), vod.fold(name), vod.fold(description), class_id, type, category,
  storage_region, source_type, status, tags
from vod.media order by created_at, file_id;

create index media_search_by_time on vod.media_search (sub_app_id, created_at, file_id);
create index media_search_by_expiry on vod.media_search (sub_app_id, expire_at) where expire_at is not null;
-- A short list of what is still to be sorted in: every search reads it.
create index media_search_by_term on vod.media_search using gin (vod.search_terms(sub_app_id, name_folded, description_folded, tags,
  class_id, vod.other_facts(type, category, storage_region, source_type, status))) with (gin_pending_list_limit = 256);

drop index vod.media_by_name_part, vod.media_by_description_part, vod.media_by_tag, vod.media_by_name, vod.media_by_type,
  vod.media_by_category, vod.media_by_region, vod.media_by_source, vod.media_by_status, vod.media_by_expiry;
alter table vod.media drop column name_grams, drop column description_grams;
drop function vod.grams(text);
`,
};
