import type { Migration } from '@vodstack/platform';

export const subApplications: Omit<Migration, 'version'> = {
  name: 'sub-applications',
  sql: `
alter table vod.sub_app
  add column description text not null default '',
  add column type text not null default 'AllInOne',
  add column mode text not null default 'fileid',
  add column storage_regions json not null default '["ap-chongqing"]',
  add column tags json not null default '[]';
`,
};
