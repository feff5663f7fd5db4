import { invalidParameterValue } from '@vodstack/protocol';
import type { Selectable } from 'kysely';
import type { VodContext } from '../context.ts';
import { newFileId, randomHex } from '../ids.ts';
import { decodeBase64, findPictureType, storeBytes } from '../media/attached-file.ts';
import { DEFAULT_STORAGE_REGION, newMediaLocation } from '../media/locations.ts';
import type { VodDb, WatermarkImageTable } from '../tables.ts';

export type WatermarkImage = Selectable<WatermarkImageTable>;

/** A stored picture that no template has yet. */
export type NewWatermarkImage = Omit<WatermarkImage, 'definition' | 'created_at'>;

/** Ours; the console of the cloud takes 200 KB. */
const MAX_BYTES = 5_000_000;

/** The picture of an image watermark; undefined for texts and SVGs. */
export async function findWatermarkImage(db: VodDb, definition: number): Promise<WatermarkImage | undefined> {
  return await db
    .selectFrom('vod.watermark_image')
    .selectAll()
    .where('definition', '=', definition)
    .executeTakeFirst();
}

/** The picture at an address of ours. */
export async function findWatermarkFile(
  db: VodDb,
  folder: string,
  name: string,
): Promise<WatermarkImage | undefined> {
  return await db
    .selectFrom('vod.watermark_image')
    .selectAll()
    .where('name', '=', `${folder}/${name}`)
    .executeTakeFirst();
}

/**
 * Stores a picture under an address of its own.
 * @throws ApiError InvalidParameterValue.ImageContent when it is no PNG, JPEG or GIF in Base64
 */
export async function storeWatermarkImage(
  context: VodContext,
  subAppId: number,
  base64: string,
): Promise<NewWatermarkImage> {
  const bytes = decodeBase64(base64);
  if (bytes.length > MAX_BYTES) {
    throw invalidParameterValue('ImageContent', `may have ${MAX_BYTES} bytes at most, got ${bytes.length}.`);
  }
  const picture = findPictureType(bytes);
  if (!picture) throw invalidParameterValue('ImageContent', 'must be a PNG, JPEG or GIF picture in Base64.');
  const { sourceFolder } = newMediaLocation(subAppId, newFileId(), DEFAULT_STORAGE_REGION);
  const stored = await storeBytes(context, `watermarks/${randomHex(32)}`, bytes);
  return {
    name: `${sourceFolder}/${randomHex(12)}.${picture.extension}`,
    blob_key: stored.blobKey,
    content_type: picture.contentType,
    size_bytes: stored.sizeBytes,
    md5: stored.md5,
  };
}
