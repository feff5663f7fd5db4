import type { Migration } from '@vodstack/platform';

export const blobKeys: Omit<Migration, 'version'> = {
  name: 'blob keys',
  sql: `
create index artifact_blob_key on vod.artifact (blob_key);
create index storage_object_blob_key on vod.storage_object (blob_key);
create index multipart_part_blob_key on vod.multipart_part (blob_key) where blob_key is not null;
create index multipart_upload_joined_key on vod.multipart_upload (joined_key) where joined_key is not null;
`,
};
