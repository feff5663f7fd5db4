import type { Migration } from '@vodstack/platform';

export const joinedFiles: Omit<Migration, 'version'> = {
  name: 'joined files',
  sql: `
-- The parts of a multipart upload go to their places in one file where those are known: part n begins at (n - 1) * part_bytes.
-- A part without a blob of its own is there.
alter table vod.multipart_upload add column joined_key text, add column part_bytes bigint;
alter table vod.multipart_part alter column blob_key drop not null;
`,
};
