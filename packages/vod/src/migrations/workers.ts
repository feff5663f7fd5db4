import type { Migration } from '@vodstack/platform';

/** Who works on tasks, and what a worker on another machine has to know of the server. */
export const workers: Omit<Migration, 'version'> = {
  name: 'workers',
  sql: `
create table vod.worker (
  worker_id uuid primary key,
  name text not null,
  role text not null check (role in ('server', 'worker')),
  version text not null,
  cores integer not null,
  slots integer not null,
  state text not null default 'ready' check (state in ('ready', 'draining')),
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
create table vod.server (
  is_only boolean primary key default true check (is_only),
  app_id bigint not null,
  public_url text not null
);
-- Of the attempt that is under way, or was the last.
alter table vod.task add column worker_id uuid;
create index task_of_worker on vod.task (worker_id) where status = 'PROCESSING';
`,
};
