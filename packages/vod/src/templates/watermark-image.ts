import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { invalidParameterValue } from '@vodstack/protocol';
import type { Selectable } from 'kysely';
import type { VodContext } from '../context.ts';
import { newFileId, randomHex } from '../ids.ts';
import { DEFAULT_STORAGE_REGION, newMediaLocation } from '../media/locations.ts';
import type { VodDb, WatermarkImageTable } from '../tables.ts';

export type WatermarkImage = Selectable<WatermarkImageTable>;

/** A stored picture that no template has yet. */
export type NewWatermarkImage = Omit<WatermarkImage, 'definition' | 'created_at'>;

/** Ours; the console of the cloud takes 200 KB. */
const MAX_BYTES = 5_000_000;

const FORMATS = [
  { extension: 'png', contentType: 'image/png', starts: [Buffer.from('89504e470d0a1a0a', 'hex')] },
  { extension: 'jpg', contentType: 'image/jpeg', starts: [Buffer.from('ffd8ff', 'hex')] },
  { extension: 'gif', contentType: 'image/gif', starts: [Buffer.from('GIF87a'), Buffer.from('GIF89a')] },
] as const;

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
  { blobs }: VodContext,
  subAppId: number,
  base64: string,
): Promise<NewWatermarkImage> {
  const bytes = decode(base64);
  const format = FORMATS.find(({ starts }) =>
    starts.some((start) => bytes.subarray(0, start.length).equals(start)),
  );
  if (!format) {
    throw invalidParameterValue('ImageContent', 'must be a PNG, JPEG or GIF picture in Base64.');
  }
  const { sourceFolder } = newMediaLocation(subAppId, newFileId(), DEFAULT_STORAGE_REGION);
  const blobKey = `watermarks/${randomHex(32)}`;
  await blobs.write(blobKey, Readable.from([bytes]), { expectedBytes: bytes.length });
  return {
    name: `${sourceFolder}/${randomHex(12)}.${format.extension}`,
    blob_key: blobKey,
    content_type: format.contentType,
    size_bytes: bytes.length,
    md5: createHash('md5').update(bytes).digest('hex'),
  };
}

function decode(base64: string): Buffer {
  const text = base64.replace(/^data:image\/\w+;base64,/, '').replaceAll(/\s/g, '');
  const bytes = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length <= MAX_BYTES) return bytes;
  throw invalidParameterValue('ImageContent', `may have ${MAX_BYTES} bytes at most, got ${bytes.length}.`);
}
