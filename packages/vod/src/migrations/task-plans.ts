import type { Migration } from '@vodstack/platform';

/** How each task's results are made: its runs of ffmpeg. */
export const taskPlans: Omit<Migration, 'version'> = {
  name: 'task plans',
  sql: `
create table vod.task_plan (
  task_id text primary key references vod.task on delete cascade,
  attempt integer not null,
  runs json not null
);
`,
};
