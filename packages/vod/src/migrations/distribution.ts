import type { Migration } from '@vodstack/platform';

export const distribution: Omit<Migration, 'version'> = {
  name: 'distribution',
  sql: `
-- How an application's media may be played. A row is made when its keys are first needed.
create table vod.distribution (
  sub_app_id bigint primary key references vod.sub_app on delete cascade,
  play_key text not null,
  drm_secret text not null,
  hotlink_enabled boolean not null default false,
  hotlink_key text not null default '',
  referer_enabled boolean not null default false,
  referer_type text not null default 'Black',
  referers json not null default '[]',
  blank_referer_allowed boolean not null default true,
  created_at timestamptz not null default now()
);
`,
};
