/** A result may be several files: one with the main address, and those that belong to it. */
export const results = {
  name: 'results',
  sql: `
-- A file with a main_id is part of that one (a segment, a further picture): it has an address, but no list shows it.
alter table vod.artifact add column main_id bigint references vod.artifact on delete cascade;
-- What the result says of itself beyond its file; only of main files.
alter table vod.artifact add column details json;
create index artifact_of_main on vod.artifact (main_id) where main_id is not null;

-- Keys of encrypted results.
create table vod.drm_key (
  key_id text primary key,
  file_id text not null references vod.media on delete cascade,
  key bytea not null,
  created_at timestamptz not null default now()
);
create index drm_key_of_media on vod.drm_key (file_id);
`,
};
