import type { Migration } from '@vodstack/platform';

/** Endpoints of the profile `hardened`, and what each of them has of each event. */
export const endpoints: Omit<Migration, 'version'> = {
  name: 'endpoints',
  sql: `
-- secrets: [{secret, expiresAt}], the newest first. event_types, file_ids, class_ids: lists, or null for all.
create table vod.endpoint (
  endpoint_id bigint generated always as identity primary key,
  sub_app_id bigint not null references vod.sub_app,
  name text not null default '',
  url text not null,
  secrets json not null,
  event_types json,
  file_ids json,
  class_ids json,
  disabled_at timestamptz,
  disabled_reason text,
  -- Failed sends in a row; from some on, nothing is sent until open_until.
  failures integer not null default 0,
  open_until timestamptz,
  created_at timestamptz not null default now()
);
create index endpoint_of_application on vod.endpoint (sub_app_id);

-- attempts counts every send; those before round_start belong to earlier rounds of the schedule (replay, redrive).
create table vod.dispatch (
  event_id bigint not null references vod.event on delete cascade,
  endpoint_id bigint not null references vod.endpoint on delete cascade,
  file_id text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  round_start integer not null default 0,
  round_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  reason text,
  settled_at timestamptz,
  primary key (event_id, endpoint_id)
);
create index dispatch_due on vod.dispatch (next_attempt_at) where state = 'pending';
create index dispatch_in_order on vod.dispatch (endpoint_id, file_id, event_id) where state = 'pending';
create index dispatch_dead on vod.dispatch (endpoint_id, event_id desc) where state = 'dead';

-- endpoint_id outlives its endpoint. next_reason: why there is another attempt, or why there is none.
alter table vod.delivery
  add column endpoint_id bigint,
  add column next_attempt_at timestamptz,
  add column next_reason text;
`,
};
