import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { DiskFullError } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import type { UploadRow } from '../tables.ts';
import { findMultipart, findParts, type Multipart, type MultipartContext, type Part } from './multipart.ts';
import { objectKey, type ObjectRequest } from './object-request.ts';
import { recordObject } from './record-object.ts';
import { StorageError } from './storage-error.ts';
import type { StoredBody } from './store-body.ts';

export interface NamedPart {
  readonly partNumber: number;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
}

/**
 * Makes the object of the named parts, with the MD5 of the whole: a media's MD5 is that of its file. A completion that is repeated,
 * because its answer was lost, gives the same answer.
 * @returns the object's ETag: the MD5 of the parts' MD5s and their number
 * @throws StorageError InvalidPart, InvalidPartOrder; nothing is lost then, the parts are still there
 */
export async function completeMultipart(
  context: MultipartContext,
  upload: UploadRow,
  request: ObjectRequest,
  { uploadId, named }: { uploadId: string; named: readonly NamedPart[] },
): Promise<string> {
  // Before the parts are read: what they say of the joined file must stay true.
  const unseal = context.places.seal(uploadId);
  try {
    const multipart = await findMultipart(context, upload, request, uploadId);
    if (!multipart) return await findCompleted(context, upload, request, uploadId);
    const stored = await findParts(context, uploadId);
    const parts = selectParts(stored, named);
    const isInPlace = unseal !== undefined && parts.length === stored.length && arePlaced(multipart, parts);
    const join = isInPlace ? finishJoined : joinAnew;
    await publish(context, upload, {
      join: () => join(context, upload, multipart, parts),
      request,
      multipart,
      parts,
    });
    return joinedEtag(parts);
  } catch (error) {
    throw error instanceof DiskFullError
      ? new StorageError('ServiceUnavailable', undefined, { cause: error })
      : error;
  } finally {
    unseal?.();
  }
}

async function publish(
  context: VodContext,
  upload: UploadRow,
  object: {
    join: () => Promise<StoredBody>;
    request: ObjectRequest;
    multipart: Multipart;
    parts: readonly Part[];
  },
): Promise<void> {
  const { multipart, request, parts } = object;
  const body = await object.join();
  try {
    await recordObject(context, upload, {
      ...body,
      key: objectKey(request),
      etag: joinedEtag(parts),
      contentType: multipart.content_type ?? undefined,
      uploadId: multipart.upload_id,
    });
  } catch (error) {
    if (body.blobKey !== multipart.joined_key) await context.blobs.delete(body.blobKey);
    throw error;
  }
}

/** Whether every part without a blob of its own lies where it must lie in the object. */
function arePlaced(multipart: Multipart, parts: readonly Part[]): boolean {
  if (multipart.joined_key === null) return false;
  return placesOf(parts).every(
    ({ part, offset }) =>
      part.blob_key !== null || offset === (part.part_number - 1) * (multipart.part_bytes ?? 0),
  );
}

function placesOf(parts: readonly Part[]): { part: Part; offset: number }[] {
  let end = 0;
  return parts.map((part) => ({ part, offset: (end += part.size_bytes) - part.size_bytes }));
}

/** Puts the parts that have blobs of their own between the others, which stay where they are. May be done again after a crash. */
async function finishJoined(
  { blobs }: VodContext,
  _upload: UploadRow,
  multipart: Multipart,
  parts: readonly Part[],
): Promise<StoredBody> {
  const blobKey = multipart.joined_key ?? '';
  for (const { part, offset } of placesOf(parts)) {
    if (part.blob_key === null) continue;
    await blobs.writeAt(blobKey, blobs.read(part.blob_key), { offset, expectedBytes: part.size_bytes });
  }
  const sizeBytes = sizeOf(parts);
  await blobs.resize(blobKey, sizeBytes);
  const [first] = parts;
  return { blobKey, sizeBytes, md5: parts.length === 1 && first ? first.md5 : await blobs.md5(blobKey) };
}

/** Copies the parts, one after the other, hashing them on the way. */
async function joinAnew(
  context: VodContext,
  upload: UploadRow,
  multipart: Multipart,
  parts: readonly Part[],
): Promise<StoredBody> {
  const blobKey = `media/${upload.file_id}/upload-${randomUUID()}`;
  const source = Readable.from(readParts(context, multipart, parts));
  const written = await context.blobs.write(blobKey, source, { expectedBytes: sizeOf(parts) });
  return { blobKey, ...written };
}

async function* readParts(
  { blobs }: VodContext,
  multipart: Multipart,
  parts: readonly Part[],
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part.size_bytes === 0) continue;
    const start = (part.part_number - 1) * (multipart.part_bytes ?? 0);
    const bytes =
      part.blob_key === null
        ? blobs.read(multipart.joined_key ?? '', { start, end: start + part.size_bytes - 1 })
        : blobs.read(part.blob_key);
    yield* bytes as AsyncIterable<Uint8Array>;
  }
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.size_bytes, 0);
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
