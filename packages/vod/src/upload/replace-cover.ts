import { ApiError } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { insertFiles } from '../media/insert-files.ts';
import type { UploadRow, VodDb } from '../tables.ts';
import { findMultipartIds, forgetMultiparts } from './forget-multiparts.ts';
import { lockUpload } from './open-upload.ts';
import { toFile } from './upload-files.ts';

/**
 * Gives a media the cover that was uploaded for it.
 * @throws ApiError ResourceNotFound when no file was put, or when the media has been deleted since
 */
export async function replaceCover(context: VodContext, upload: UploadRow): Promise<void> {
  const leftovers = await context.db.transaction().execute((tx) => commitCover(context, tx, upload));
  for (const key of leftovers) await context.blobs.delete(key);
}

/** @returns blobs that nobody needs any more */
async function commitCover({ clock }: VodContext, tx: VodDb, upload: UploadRow): Promise<string[]> {
  const current = await lockUpload(tx, upload.session_key);
  if (current?.committed_at) return [];
  const cover = await tx
    .deleteFrom('vod.storage_object')
    .where('session_key', '=', upload.session_key)
    .returningAll()
    .executeTakeFirst();
  if (!cover) {
    throw new ApiError(
      'ResourceNotFound',
      `No complete file was uploaded to /${upload.media_key}: put the cover there before the commit.`,
    );
  }
  const media = await tx
    .updateTable('vod.media')
    .set({ updated_at: clock() })
    .where('file_id', '=', upload.file_id)
    .where('sub_app_id', '=', upload.sub_app_id)
    .returning('file_id')
    .executeTakeFirst();
  if (!media) throw new ApiError('ResourceNotFound', `The media ${upload.file_id} has been deleted.`);
  const earlier = await tx
    .deleteFrom('vod.artifact')
    .where('file_id', '=', upload.file_id)
    .where('kind', '=', 'Cover')
    .returning('blob_key')
    .execute();
  await insertFiles(tx, upload.file_id, [toFile(upload, cover, 'Cover')]);
  await tx
    .updateTable('vod.upload')
    .set({ committed_at: clock() })
    .where('session_key', '=', upload.session_key)
    .execute();
  await notifyLive(tx, { kind: 'media', id: upload.file_id });
  const parts = await forgetMultiparts(tx, await findMultipartIds(tx, upload.session_key));
  return [...parts, ...earlier.map(({ blob_key }) => blob_key)];
}
