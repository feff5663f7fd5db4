import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Selectable } from 'kysely';
import type { VodContext } from '../context.ts';
import { randomHex } from '../ids.ts';
import type { MultipartPartTable, MultipartUploadTable, UploadRow } from '../tables.ts';
import { forgetMultiparts } from './forget-multiparts.ts';
import { objectKey, type ObjectRequest, sentHeaders } from './object-request.ts';
import { lockOpenUpload } from './open-upload.ts';
import type { PartPlaces } from './part-places.ts';
import { StorageError } from './storage-error.ts';
import { type Place, storeBody, type StoredBody } from './store-body.ts';

/** COS limits (436/14518). */
const MAX_PART_NUMBER = 10_000;

/** Part 10,000 of 5 GB parts would begin where no file system goes. */
const MAX_OFFSET_BYTES = 4 * 1024 ** 4;

export type Part = Selectable<MultipartPartTable>;
export type Multipart = Selectable<MultipartUploadTable>;
export type MultipartContext = VodContext & { readonly places: PartPlaces };

/** Begins a multipart upload of one object. Gives the UploadId. */
export async function initiateMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
): Promise<string> {
  const uploadId = `${Math.floor(context.clock().getTime() / 1000)}${randomHex(32)}`;
  const joinedKey = `media/${upload.file_id}/upload-${randomUUID()}`;
  await context.blobs.write(joinedKey, Readable.from([]));
  try {
    await insertMultipart(context, upload, request, { uploadId, joinedKey });
  } catch (error) {
    await context.blobs.delete(joinedKey);
    throw error;
  }
  return uploadId;
}

async function insertMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  { uploadId, joinedKey }: { uploadId: string; joinedKey: string },
): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    await lockOpenUpload(tx, upload.session_key);
    await tx
      .insertInto('vod.multipart_upload')
      .values({
        upload_id: uploadId,
        session_key: upload.session_key,
        object_key: objectKey(request),
        content_type: sentHeaders(request)['content-type']?.[0] || null,
        joined_key: joinedKey,
      })
      .execute();
  });
}

/** Stores one part; a part that is sent again replaces the earlier one. Gives its MD5, which is its ETag. */
export async function uploadPart(
  context: MultipartContext,
  upload: UploadRow,
  request: ObjectRequest,
  { uploadId, partNumber }: { uploadId: string; partNumber: number },
): Promise<string> {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PART_NUMBER) {
    throw new StorageError('InvalidArgument', `partNumber must be 1 to ${MAX_PART_NUMBER}.`);
  }
  const multipart = await requireMultipart(context, upload, request, uploadId);
  const place = await takePlace(context, request, { multipart, partNumber });
  try {
    const target = place ?? `media/${upload.file_id}/part-${randomUUID()}`;
    const part = await storeBody(context, request, target);
    await recordPart(context, { uploadId, partNumber, part, isInPlace: place !== undefined });
    return part.md5;
  } finally {
    place?.release();
  }
}

/**
 * Where a part goes in the joined file, when that is known and free. A part that comes while its place is being written, one that is
 * sent again and one of another size get blobs of their own; the completion puts them where they belong.
 */
async function takePlace(
  context: MultipartContext,
  request: ObjectRequest,
  { multipart, partNumber }: { multipart: Multipart; partNumber: number },
): Promise<(Place & { release: () => void }) | undefined> {
  const { upload_id: uploadId, joined_key: blobKey } = multipart;
  const sizeBytes = Number(request.headers['content-length'] ?? 0);
  const partBytes =
    multipart.part_bytes ??
    (partNumber === 1 && sizeBytes > 0 ? await fixPartBytes(context, uploadId, sizeBytes) : 0);
  const offset = (partNumber - 1) * partBytes;
  if (blobKey === null || sizeBytes === 0 || sizeBytes > partBytes || offset > MAX_OFFSET_BYTES)
    return undefined;
  const release = context.places.take(uploadId, partNumber);
  if (!release) return undefined;
  // Looked at only now: since the place is taken, no completion and no other request can fill it.
  if (await isFree(context, uploadId, partNumber).catch(() => false)) return { blobKey, offset, release };
  release();
  return undefined;
}

/** The size of part 1 is that of all but the last: so the official clients cut files. */
async function fixPartBytes({ db }: VodContext, uploadId: string, sizeBytes: number): Promise<number> {
  const row = await db
    .updateTable('vod.multipart_upload')
    .set((set) => ({ part_bytes: set.fn.coalesce(set.ref('part_bytes'), set.val(sizeBytes)) }))
    .where('upload_id', '=', uploadId)
    .returning('part_bytes')
    .executeTakeFirst();
  return row?.part_bytes ?? 0;
}

async function isFree({ db }: VodContext, uploadId: string, partNumber: number): Promise<boolean> {
  const row = await db
    .selectFrom('vod.multipart_upload as multipart')
    .leftJoin('vod.multipart_part as part', (join) =>
      join.onRef('part.upload_id', '=', 'multipart.upload_id').on('part.part_number', '=', partNumber),
    )
    .select(['part.part_number', 'part.blob_key'])
    .where('multipart.upload_id', '=', uploadId)
    .executeTakeFirst();
  return row !== undefined && (row.part_number === null || row.blob_key !== null);
}

/** @throws StorageError NoSuchUpload when it was completed or aborted meanwhile; the part is deleted then */
async function recordPart(
  context: VodContext,
  {
    uploadId,
    partNumber,
    part,
    isInPlace,
  }: { uploadId: string; partNumber: number; part: StoredBody; isInPlace: boolean },
): Promise<void> {
  const content = { blob_key: isInPlace ? null : part.blobKey, size_bytes: part.sizeBytes, md5: part.md5 };
  const replaced = await context.db.transaction().execute(async (tx) => {
    // Held until the row is in: a completion or an abort that comes meanwhile waits, or has been before and is seen.
    const open = await tx
      .selectFrom('vod.multipart_upload')
      .select('upload_id')
      .where('upload_id', '=', uploadId)
      .forUpdate()
      .executeTakeFirst();
    if (!open) return { missing: true, blobKey: part.blobKey };
    const earlier = await tx
      .selectFrom('vod.multipart_part')
      .select('blob_key')
      .where('upload_id', '=', uploadId)
      .where('part_number', '=', partNumber)
      .executeTakeFirst();
    await tx
      .insertInto('vod.multipart_part')
      .values({ upload_id: uploadId, part_number: partNumber, ...content })
      .onConflict((conflict) =>
        conflict.columns(['upload_id', 'part_number']).doUpdateSet({ ...content, created_at: new Date() }),
      )
      .execute();
    return { missing: false, blobKey: earlier?.blob_key };
  });
  if (replaced.blobKey) await context.blobs.delete(replaced.blobKey);
  if (replaced.missing) throw new StorageError('NoSuchUpload');
}

/** The parts that are there, in their order. */
export async function listParts(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<Part[]> {
  await requireMultipart(context, upload, request, uploadId);
  return await findParts(context, uploadId);
}

/** Forgets a multipart upload and its parts. */
export async function abortMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<void> {
  await requireMultipart(context, upload, request, uploadId);
  await forgetMultipart(context, uploadId);
}

export async function findMultipart(
  { db }: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<Multipart | undefined> {
  return await db
    .selectFrom('vod.multipart_upload')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .where('session_key', '=', upload.session_key)
    .where('object_key', '=', objectKey(request))
    .executeTakeFirst();
}

async function requireMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<Multipart> {
  const multipart = await findMultipart(context, upload, request, uploadId);
  if (!multipart) throw new StorageError('NoSuchUpload');
  return multipart;
}

export async function findParts({ db }: VodContext, uploadId: string): Promise<Part[]> {
  return await db
    .selectFrom('vod.multipart_part')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .orderBy('part_number')
    .execute();
}

async function forgetMultipart({ db, blobs }: VodContext, uploadId: string): Promise<void> {
  const keys = await db.transaction().execute((tx) => forgetMultiparts(tx, [uploadId]));
  for (const key of keys) await blobs.delete(key);
}
