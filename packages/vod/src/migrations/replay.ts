import type { Migration } from '@vodstack/platform';

/** A replayed event may be sent as often again as a new one. */
export const replay: Omit<Migration, 'version'> = {
  name: 'replay',
  sql: `
alter table vod.event add column send_limit integer not null default 3;
create index event_newest on vod.event (sub_app_id, event_id desc);
`,
};
