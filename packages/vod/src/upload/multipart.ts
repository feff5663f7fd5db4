import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { DiskFullError } from '@vodstack/platform';
import type { Selectable } from 'kysely';
import type { VodContext } from '../context.ts';
import { randomHex } from '../ids.ts';
import { forgetMultiparts } from './forget-multiparts.ts';
import { lockOpenUpload } from './open-upload.ts';
import type { MultipartPartTable, UploadRow } from '../tables.ts';
import { objectKey, type ObjectRequest, sentHeaders } from './object-request.ts';
import { recordObject } from './record-object.ts';
import { StorageError } from './storage-error.ts';
import { storeBody } from './store-body.ts';

/** COS limits (436/14518). */
const MAX_PART_NUMBER = 10_000;

export type Part = Selectable<MultipartPartTable>;

/** Begins a multipart upload of one object. Gives the UploadId. */
export async function initiateMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
): Promise<string> {
  const uploadId = `${Math.floor(context.clock().getTime() / 1000)}${randomHex(32)}`;
  await context.db.transaction().execute(async (tx) => {
    await lockOpenUpload(tx, upload.session_key);
    await tx
      .insertInto('vod.multipart_upload')
      .values({
        upload_id: uploadId,
        session_key: upload.session_key,
        object_key: objectKey(request),
        content_type: sentHeaders(request)['content-type']?.[0] || null,
      })
      .execute();
  });
  return uploadId;
}

/** Stores one part; a part that is sent again replaces the earlier one. Gives its MD5, which is its ETag. */
export async function uploadPart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  { uploadId, partNumber }: { uploadId: string; partNumber: number },
): Promise<string> {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PART_NUMBER) {
    throw new StorageError('InvalidArgument', `partNumber must be 1 to ${MAX_PART_NUMBER}.`);
  }
  await requireMultipart(context, upload, request, uploadId);
  const part = await storeBody(context, request, `media/${upload.file_id}/part-${randomUUID()}`);
  const content = { blob_key: part.blobKey, size_bytes: part.sizeBytes, md5: part.md5 };
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
  return part.md5;
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

export interface NamedPart {
  readonly partNumber: number;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
}

/**
 * Joins the named parts into the object, hashing it on the way: a media's MD5 is that of the whole file. A completion that
 * is repeated, because its answer was lost, gives the same answer.
 * @returns the object's ETag: the MD5 of the parts' MD5s and their number
 * @throws StorageError InvalidPart, InvalidPartOrder; nothing is lost then, the parts are still there
 */
export async function completeMultipart(
  context: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  { uploadId, named }: { uploadId: string; named: readonly NamedPart[] },
): Promise<string> {
  const multipart = await findMultipart(context, upload, request, uploadId);
  if (!multipart) return await findCompleted(context, upload, request, uploadId);
  const parts = selectParts(await findParts(context, uploadId), named);
  const blobKey = `media/${upload.file_id}/upload-${randomUUID()}`;
  const etag = joinedEtag(parts);
  const expectedBytes = parts.reduce((sum, part) => sum + part.size_bytes, 0);
  try {
    const written = await context.blobs.write(blobKey, Readable.from(readParts(context, parts)), {
      expectedBytes,
    });
    const contentType = multipart.content_type ?? undefined;
    await recordObject(context, upload, {
      key: objectKey(request),
      blobKey,
      ...written,
      etag,
      contentType,
      uploadId,
    });
  } catch (error) {
    await context.blobs.delete(blobKey);
    throw error instanceof DiskFullError
      ? new StorageError('ServiceUnavailable', undefined, { cause: error })
      : error;
  }
  await forgetMultipart(context, uploadId);
  return etag;
}

function joinedEtag(parts: readonly Part[]): string {
  const digest = createHash('md5');
  for (const { md5 } of parts) digest.update(Buffer.from(md5, 'hex'));
  return `${digest.digest('hex')}-${parts.length}`;
}

async function findCompleted(
  { db }: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<string> {
  const object = await db
    .selectFrom('vod.storage_object')
    .select('etag')
    .where('bucket', '=', upload.bucket)
    .where('object_key', '=', objectKey(request))
    .where('upload_id', '=', uploadId)
    .executeTakeFirst();
  if (!object) throw new StorageError('NoSuchUpload');
  return object.etag;
}

function selectParts(stored: readonly Part[], named: readonly NamedPart[]): Part[] {
  if (named.length === 0)
    throw new StorageError('MalformedXML', 'CompleteMultipartUpload must name at least one part.');
  const byNumber = new Map(stored.map((part) => [part.part_number, part]));
  let last = 0;
  return named.map(({ partNumber, etag }) => {
    if (partNumber <= last) throw new StorageError('InvalidPartOrder');
    last = partNumber;
    const part = byNumber.get(partNumber);
    if (part?.md5 === etag.toLowerCase()) return part;
    throw new StorageError(
      'InvalidPart',
      `Part ${partNumber} has not been uploaded with the ETag ${JSON.stringify(etag.slice(0, 80))}.`,
    );
  });
}

async function* readParts({ blobs }: VodContext, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* blobs.read(part.blob_key) as AsyncIterable<Uint8Array>;
}

async function findMultipart(
  { db }: VodContext,
  upload: UploadRow,
  request: ObjectRequest,
  uploadId: string,
): Promise<{ content_type: string | null } | undefined> {
  return await db
    .selectFrom('vod.multipart_upload')
    .select('content_type')
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
): Promise<void> {
  if (!(await findMultipart(context, upload, request, uploadId))) throw new StorageError('NoSuchUpload');
}

async function findParts({ db }: VodContext, uploadId: string): Promise<Part[]> {
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
