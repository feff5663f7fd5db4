import type { Migration } from '@vodstack/platform';

export const pullUpload: Omit<Migration, 'version'> = {
  name: 'pull upload',
  sql: `
create table vod.pull (
  task_id text primary key references vod.task on delete cascade,
  -- The media's id from the beginning; nobody sees it before the media is there.
  file_id text not null unique,
  request json not null,
  -- ETag or date of the file that was begun: what is on disk is continued only if it is the same.
  validator text,
  progress integer not null default 0,
  err_code integer not null default 0,
  message text not null default '',
  procedure_task_id text not null default ''
);
`,
};
