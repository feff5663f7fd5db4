import type { Migration } from '@vodstack/platform';

/** What is done wrong on purpose, to try a receiver. */
export const faults: Omit<Migration, 'version'> = {
  name: 'faults',
  sql: `
-- Null in sub_app_id, event_type, file_id: any; remaining null: without end.
create table vod.fault (
  fault_id bigint generated always as identity primary key,
  kind text not null,
  sub_app_id bigint,
  event_type text,
  file_id text,
  probability double precision not null default 1 check (probability > 0 and probability <= 1),
  remaining integer check (remaining >= 0),
  delay_ms integer,
  applied integer not null default 0,
  applied_at timestamptz,
  created_at timestamptz not null default now()
);

-- The fault that an event waits, or has waited, for: once is enough.
alter table vod.event add column held_for text;
alter table vod.dispatch add column held_for text;

-- A list of kinds, or null.
alter table vod.delivery add column injected json;
`,
};
