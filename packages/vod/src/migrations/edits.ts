import type { Migration } from '@vodstack/platform';

export const edits: Omit<Migration, 'version'> = {
  name: 'edits',
  sql: `
-- Tasks that are one piece of work: media made of others, and what is to be found out about a file.
create table vod.edit (
  task_id text primary key references vod.task on delete cascade,
  -- Of what is made: the media's id from the beginning; nobody sees it before the media is there. Else of the file in question.
  file_id text not null,
  request json not null,
  result json,
  progress integer not null default 0,
  err_code_ext text not null default '',
  message text not null default '',
  procedure_task_id text not null default ''
);
`,
};
