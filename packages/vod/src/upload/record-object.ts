import type { VodContext } from '../context.ts';
import type { UploadRow, VodDb } from '../tables.ts';
import { StorageError } from './storage-error.ts';
import type { StoredBody } from './store-body.ts';

export interface NewObject extends StoredBody {
  readonly key: string;
  readonly contentType: string | undefined;
}

/**
 * Gives stored bytes their object's name; an object that was there before is replaced, as in the cloud.
 * @throws StorageError AccessDenied when the upload has been committed: a media's source does not change any more
 */
export async function recordObject(context: VodContext, upload: UploadRow, object: NewObject): Promise<void> {
  const content = {
    blob_key: object.blobKey,
    size_bytes: object.sizeBytes,
    md5: object.md5,
    content_type: object.contentType ?? 'application/octet-stream',
  };
  const replaced = await context.db.transaction().execute(async (tx) => {
    await assertOpen(tx, upload);
    const earlier = await tx
      .selectFrom('vod.storage_object')
      .select('blob_key')
      .where('bucket', '=', upload.bucket)
      .where('object_key', '=', object.key)
      .executeTakeFirst();
    await tx
      .insertInto('vod.storage_object')
      .values({ bucket: upload.bucket, object_key: object.key, ...content })
      .onConflict((conflict) => conflict.columns(['bucket', 'object_key']).doUpdateSet(content))
      .execute();
    return earlier?.blob_key;
  });
  if (replaced) await context.blobs.delete(replaced);
}

async function assertOpen(tx: VodDb, upload: UploadRow): Promise<void> {
  const current = await tx
    .selectFrom('vod.upload')
    .select('committed_at')
    .where('session_key', '=', upload.session_key)
    .forUpdate()
    .executeTakeFirst();
  if (current && !current.committed_at) return;
  throw new StorageError('AccessDenied', 'This upload has been committed already.');
}
