import type { VodContext } from '../context.ts';
import type { UploadRow, VodDb } from '../tables.ts';
import { forgetMultiparts } from './forget-multiparts.ts';
import { lockOpenUpload } from './open-upload.ts';
import { StorageError } from './storage-error.ts';
import type { StoredBody } from './store-body.ts';

export interface NewObject extends StoredBody {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly contentType: string | undefined;
  /** The multipart upload that it was joined from. */
  readonly uploadId?: string;
}

/**
 * Gives stored bytes their object's name; an object that was there before is replaced, as in the cloud. The multipart upload that
 * they came by is over with that.
 * @throws StorageError AccessDenied when the upload has been committed, NoSuchUpload when the multipart upload is over already
 */
export async function recordObject(context: VodContext, upload: UploadRow, object: NewObject): Promise<void> {
  const content = {
    blob_key: object.blobKey,
    size_bytes: object.sizeBytes,
    md5: object.md5,
    etag: object.etag,
    upload_id: object.uploadId ?? null,
    content_type: object.contentType || 'application/octet-stream',
    created_at: new Date(),
  };
  const replaced = await context.db.transaction().execute(async (tx) => {
    await lockOpenUpload(tx, upload.session_key);
    const leftovers = object.uploadId === undefined ? [] : await endMultipart(tx, object.uploadId);
    const earlier = await tx
      .selectFrom('vod.storage_object')
      .select('blob_key')
      .where('bucket', '=', upload.bucket)
      .where('object_key', '=', object.key)
      .executeTakeFirst();
    await tx
      .insertInto('vod.storage_object')
      .values({
        bucket: upload.bucket,
        object_key: object.key,
        session_key: upload.session_key,
        ...content,
      })
      .onConflict((conflict) => conflict.columns(['bucket', 'object_key']).doUpdateSet(content))
      .execute();
    return [...leftovers, ...(earlier ? [earlier.blob_key] : [])];
  });
  for (const key of replaced) {
    if (key !== object.blobKey) await context.blobs.delete(key);
  }
}

/** In the same transaction: a multipart upload that outlived its object would take the object's bytes with it when it is swept. */
async function endMultipart(tx: VodDb, uploadId: string): Promise<string[]> {
  const open = await tx
    .selectFrom('vod.multipart_upload')
    .select('upload_id')
    .where('upload_id', '=', uploadId)
    .forUpdate()
    .executeTakeFirst();
  if (!open) throw new StorageError('NoSuchUpload');
  return await forgetMultiparts(tx, [uploadId]);
}

/** Takes an object away again; absent is fine. */
export async function removeObject(context: VodContext, upload: UploadRow, key: string): Promise<void> {
  const removed = await context.db.transaction().execute(async (tx) => {
    await lockOpenUpload(tx, upload.session_key);
    return await tx
      .deleteFrom('vod.storage_object')
      .where('bucket', '=', upload.bucket)
      .where('object_key', '=', key)
      .returning('blob_key')
      .executeTakeFirst();
  });
  if (removed) await context.blobs.delete(removed.blob_key);
}
