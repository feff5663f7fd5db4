import type { Migration } from '@vodstack/platform';
import { clientUploads } from './migrations/client-uploads.ts';
import { distribution } from './migrations/distribution.ts';
import { edits } from './migrations/edits.ts';
import { blobKeys } from './migrations/blob-keys.ts';
import { joinedFiles } from './migrations/joined-files.ts';
import { endpoints } from './migrations/endpoints.ts';
import { faults } from './migrations/faults.ts';
import { keysMigration } from './migrations/keys.ts';
import { mediaLibrary } from './migrations/media-library.ts';
import { mediaSearch } from './migrations/media-search.ts';
import { pullUpload } from './migrations/pull-upload.ts';
import { replay } from './migrations/replay.ts';
import { results } from './migrations/results.ts';
import { search } from './migrations/search.ts';
import { subApplications } from './migrations/sub-applications.ts';
import { taskParts } from './migrations/task-parts.ts';
import { taskPlans } from './migrations/task-plans.ts';
import { templates } from './migrations/templates.ts';
import { workers } from './migrations/workers.ts';

/** In the order in which they were released; new ones are added at the end, from a file of their own in migrations/. */
const steps: readonly Omit<Migration, 'version'>[] = [
  {
    name: 'main flow',
    sql: `
create table vod.sub_app (
  sub_app_id bigint primary key,
  name text not null,
  status text not null default 'On',
  created_at timestamptz not null default now()
);

create table vod.api_key (
  secret_id text primary key,
  secret_key text not null,
  created_at timestamptz not null default now()
);

create table vod.event_config (
  sub_app_id bigint primary key references vod.sub_app,
  mode text not null default 'PUSH',
  notification_url text not null default '',
  upload_switch boolean not null default false,
  delete_switch boolean not null default false,
  persistence_switch boolean not null default false,
  sign_key text
);

create table vod.upload (
  session_key text primary key,
  sub_app_id bigint not null references vod.sub_app,
  file_id text not null unique,
  media_name text not null,
  media_type text not null,
  bucket text not null,
  region text not null,
  media_key text not null,
  cover_key text,
  parameters json not null default '{}',
  secret_id text not null unique,
  secret_key text not null,
  token text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  committed_at timestamptz
);

-- What clients have put into the object storage and no commit has turned into a media yet.
create table vod.storage_object (
  bucket text not null,
  object_key text not null,
  blob_key text not null,
  size_bytes bigint not null,
  md5 text not null,
  content_type text not null,
  created_at timestamptz not null default now(),
  primary key (bucket, object_key)
);

create table vod.multipart_upload (
  upload_id text primary key,
  session_key text not null references vod.upload on delete cascade,
  object_key text not null,
  content_type text,
  created_at timestamptz not null default now()
);
create index multipart_of_session on vod.multipart_upload (session_key, object_key);

create table vod.multipart_part (
  upload_id text not null references vod.multipart_upload on delete cascade,
  part_number integer not null,
  blob_key text not null,
  size_bytes bigint not null,
  md5 text not null,
  created_at timestamptz not null default now(),
  primary key (upload_id, part_number)
);

create table vod.media (
  file_id text primary key,
  sub_app_id bigint not null references vod.sub_app,
  name text not null,
  description text not null default '',
  class_id integer not null default 0,
  type text not null,
  category text not null,
  storage_region text not null,
  source_folder text not null,
  derived_folder text not null,
  source_type text not null,
  source_context text not null default '',
  session_context text not null default '',
  status text not null default 'Normal',
  meta_data json,
  probe_failure text,
  expire_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index media_newest on vod.media (created_at desc, file_id desc);

-- Every file of a media: the source (definition 0), its cover, and what was made from it.
create table vod.artifact (
  artifact_id bigint generated always as identity primary key,
  file_id text not null references vod.media on delete cascade,
  kind text not null,
  definition integer not null default 0,
  folder text not null,
  name text not null,
  blob_key text not null,
  content_type text not null,
  size_bytes bigint not null,
  md5 text not null,
  meta_data json,
  created_at timestamptz not null default now(),
  unique (folder, name)
);
create index artifact_of_media on vod.artifact (file_id, kind, definition);

create table vod.task (
  task_id text primary key,
  sub_app_id bigint not null references vod.sub_app,
  file_id text not null,
  kind text not null,
  status text not null default 'WAITING',
  session_id text not null default '',
  session_context text not null default '',
  notify_mode text not null default 'Finish',
  priority integer not null default 0,
  attempt integer not null default 0,
  created_at timestamptz not null default now(),
  begin_at timestamptz,
  finish_at timestamptz
);
create index task_of_media on vod.task (file_id, created_at desc);
create index task_session on vod.task (sub_app_id, session_id, created_at desc) where session_id <> '';
create index task_newest on vod.task (sub_app_id, created_at desc, task_id desc);

create table vod.subtask (
  task_id text not null references vod.task on delete cascade,
  position integer not null,
  kind text not null,
  definition integer not null,
  input json not null,
  status text not null default 'WAITING',
  progress integer not null default 0,
  err_code_ext text not null default '',
  message text not null default '',
  artifact_id bigint references vod.artifact on delete set null,
  begin_at timestamptz,
  finish_at timestamptz,
  primary key (task_id, position)
);

-- The outbox. payload holds the exact bytes that a receiver gets (before Sign and T are added).
create table vod.event (
  event_id bigint generated always as identity primary key,
  sub_app_id bigint not null references vod.sub_app,
  type text not null,
  file_id text not null,
  mode text not null,
  payload text not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  handle text unique,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index event_due on vod.event (mode, next_attempt_at) where state = 'pending';
create index event_of_media on vod.event (file_id, event_id);

create table vod.delivery (
  delivery_id bigint generated always as identity primary key,
  event_id bigint not null references vod.event on delete cascade,
  attempt integer not null,
  url text not null,
  request_headers json not null,
  request_body text not null,
  response_status integer,
  response_headers json,
  response_body text,
  error text,
  started_at timestamptz not null,
  duration_ms integer not null
);
create index delivery_of_event on vod.delivery (event_id, attempt);
`,
  },
  {
    name: 'uploads',
    sql: `
create index upload_of_media_key on vod.upload (media_key);
create index upload_of_cover_key on vod.upload (cover_key) where cover_key is not null;
create index upload_open on vod.upload (expires_at) where committed_at is null;

-- The ETag is not the MD5 when the object was joined from parts; upload_id says from which.
alter table vod.storage_object add column etag text, add column upload_id text;
update vod.storage_object set etag = md5;
alter table vod.storage_object alter column etag set not null;
`,
  },
  templates,
  distribution,
  keysMigration,
  clientUploads,
  results,
  mediaLibrary,
  pullUpload,
  subApplications,
  search,
  replay,
  workers,
  edits,
  mediaSearch,
  taskPlans,
  joinedFiles,
  blobKeys,
  endpoints,
  faults,
  taskParts,
];

/**
 * Schema `vod`: applications, keys, uploads, media, tasks and the event outbox. Columns are json, not jsonb: what goes out
 * again keeps the order of its members.
 */
export const vodMigrations: readonly Migration[] = steps.map((step, index) => ({
  version: index + 1,
  ...step,
}));
