import { BlobTooLargeError, BlobTooShortError, DiskFullError } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import type { ObjectRequest } from './object-request.ts';
import { StorageError } from './storage-error.ts';

/** What one PUT may carry (COS limits, 436/14518). */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

export interface StoredBody {
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * Streams a request's body into the blob store and checks it against Content-Length and Content-MD5. When anything is
 * wrong, nothing stays behind.
 */
export async function storeBody(
  context: VodContext,
  request: ObjectRequest,
  blobKey: string,
): Promise<StoredBody> {
  const announced = parseDigest(request);
  const written = await writeBody(context, request, blobKey);
  if (announced === undefined || announced === written.md5) return { blobKey, ...written };
  await context.blobs.delete(blobKey);
  throw new StorageError('BadDigest');
}

async function writeBody(
  context: VodContext,
  request: ObjectRequest,
  blobKey: string,
): Promise<{ sizeBytes: number; md5: string }> {
  const length = request.headers['content-length'];
  if (Number(length ?? 0) > MAX_PUT_BYTES) throw new StorageError('EntityTooLarge');
  const expected = length === undefined ? {} : { expectedBytes: Number(length) };
  try {
    return await context.blobs.write(blobKey, request.raw, { ...expected, maxBytes: MAX_PUT_BYTES });
  } catch (error) {
    throw toStorageError(error, request);
  }
}

/** The storage's own error for what went wrong while writing. */
function toStorageError(error: unknown, request: ObjectRequest): unknown {
  if (error instanceof DiskFullError)
    return new StorageError('ServiceUnavailable', undefined, { cause: error });
  if (error instanceof BlobTooLargeError) return new StorageError('EntityTooLarge');
  if (error instanceof BlobTooShortError || request.raw.destroyed) return new StorageError('IncompleteBody');
  return error;
}

/** Content-MD5 in hex; undefined when there is none. */
function parseDigest(request: ObjectRequest): string | undefined {
  const header = request.headers['content-md5'];
  if (header === undefined || header === '') return undefined;
  const digest = Buffer.from(String(header), 'base64');
  if (digest.length !== 16) throw new StorageError('InvalidDigest');
  return digest.toString('hex');
}
