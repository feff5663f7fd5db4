import type { Migration } from '@vodstack/platform';

/** Parts that long sources are encoded in, each a job of its own. */
export const taskParts: Omit<Migration, 'version'> = {
  name: 'task parts',
  sql: `
create table vod.task_part (
  task_id text not null references vod.task on delete cascade,
  part integer not null,
  -- Of everything that decides what the parts are: those of another plan do not fit.
  plan_key text not null,
  source_key text not null,
  -- Null once the task has ended: nobody works on it any more, and its files are gone.
  run json,
  pictures integer not null,
  state text not null default 'waiting',
  done_sec real not null default 0,
  attempts integer not null default 0,
  worker_id text,
  message text not null default '',
  primary key (task_id, part)
);
`,
};
