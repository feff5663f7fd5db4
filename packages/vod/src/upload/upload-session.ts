import type { VodContext } from '../context.ts';
import { newFileId, newSessionKey, newTemporaryKey, randomHex } from '../ids.ts';
import { newMediaLocation, type StorageRegion } from '../media/locations.ts';
import type { UploadParameters, UploadRow } from '../tables.ts';

/** Uploads may be resumed for a day (Media Upload Overview). */
const UPLOAD_LIFETIME_MS = 24 * 3600 * 1000;

export interface NewUpload {
  readonly subAppId: number;
  readonly mediaName: string;
  readonly mediaType: string;
  readonly coverType?: string | undefined;
  readonly region: StorageRegion;
  readonly parameters: UploadParameters;
}

/** Opens an upload session with a place of its own and a temporary key for that place. */
export async function openUpload(context: VodContext, upload: NewUpload): Promise<UploadRow> {
  const fileId = newFileId();
  const location = newMediaLocation(upload.subAppId, fileId, upload.region);
  const key = newTemporaryKey();
  return await context.db
    .insertInto('vod.upload')
    .values({
      session_key: newSessionKey(),
      sub_app_id: upload.subAppId,
      file_id: fileId,
      media_name: upload.mediaName,
      media_type: upload.mediaType,
      bucket: location.bucket,
      region: upload.region,
      media_key: `${location.sourceFolder}/f0.${upload.mediaType}`,
      cover_key: upload.coverType
        ? `${location.sourceFolder}/cover${randomHex(8)}.${upload.coverType}`
        : null,
      parameters: JSON.stringify(upload.parameters),
      secret_id: key.secretId,
      secret_key: key.secretKey,
      token: key.token,
      expires_at: new Date(context.clock().getTime() + UPLOAD_LIFETIME_MS),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
