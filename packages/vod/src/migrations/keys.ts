import type { Migration } from '@vodstack/platform';

/** API keys have names, may be limited to applications and disabled; temporary keys are issued in a key's name. */
export const keysMigration: Omit<Migration, 'version'> = {
  name: 'keys',
  sql: `
-- sub_app_ids: a list of ids, or null for all of the account's. last_used_at is written once a minute at most.
alter table vod.api_key
  add column name text not null default '',
  add column sub_app_ids json,
  add column disabled_at timestamptz,
  add column last_used_at timestamptz;

create table vod.temporary_key (
  secret_id text primary key,
  secret_key text not null,
  token text not null,
  parent text not null references vod.api_key on delete cascade,
  sub_app_ids json,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index temporary_key_expiry on vod.temporary_key (expires_at);
`,
};
