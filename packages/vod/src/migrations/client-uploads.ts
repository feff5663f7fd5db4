import type { Migration } from '@vodstack/platform';

export const clientUploads: Omit<Migration, 'version'> = {
  name: 'client uploads',
  sql: `
-- An upload may also bring a new cover for a media that is there: then its only object is the cover, and media_key names it.
alter table vod.upload add column replaces_cover boolean not null default false;
alter table vod.upload drop constraint upload_file_id_key;
create unique index upload_of_file on vod.upload (file_id) where not replaces_cover;

-- One-time upload signatures that have opened an upload, by their SHA-256.
create table vod.used_signature (
  digest text primary key,
  expires_at timestamptz not null
);
create index used_signature_expired on vod.used_signature (expires_at);

-- Every object that was put beside the media (segments of a playlist, say) belongs to the upload that opened the folder.
alter table vod.storage_object add column session_key text references vod.upload on delete cascade;
update vod.storage_object object set session_key = upload.session_key
  from vod.upload upload
  where upload.bucket = object.bucket and object.object_key in (upload.media_key, upload.cover_key);
delete from vod.storage_object where session_key is null;
alter table vod.storage_object alter column session_key set not null;
create index storage_object_of_upload on vod.storage_object (session_key);
`,
};
