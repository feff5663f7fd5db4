import { BlobNotFoundError, BlobTooLargeError, BlobTooShortError, DiskFullError } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import type { ObjectRequest } from './object-request.ts';
import { StorageError } from './storage-error.ts';

/** What one PUT may carry (COS limits, 436/14518). */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** A place in a blob that is there already. */
export interface Place {
  readonly blobKey: string;
  readonly offset: number;
}

export interface StoredBody {
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * Streams a request's body into the blob store and checks it against Content-Length and Content-MD5. When anything is
 * wrong, nothing stays behind; what a place in a blob holds is worthless then.
 */
export async function storeBody(
  context: VodContext,
  request: ObjectRequest,
  target: string | Place,
): Promise<StoredBody> {
  const announced = parseDigest(request);
  const written = await writeBody(context, request, target);
  const blobKey = typeof target === 'string' ? target : target.blobKey;
  if (announced === undefined || announced === written.md5) return { blobKey, ...written };
  if (typeof target === 'string') await context.blobs.delete(blobKey);
  throw new StorageError('BadDigest');
}

async function writeBody(
  context: VodContext,
  request: ObjectRequest,
  target: string | Place,
): Promise<{ sizeBytes: number; md5: string }> {
  const length = request.headers['content-length'];
  if (Number(length ?? 0) > MAX_PUT_BYTES) throw new StorageError('EntityTooLarge');
  const limits = {
    maxBytes: MAX_PUT_BYTES,
    ...(length === undefined ? {} : { expectedBytes: Number(length) }),
  };
  try {
    if (typeof target === 'string') return await context.blobs.write(target, request.raw, limits);
    return await context.blobs.writeAt(target.blobKey, request.raw, { ...limits, offset: target.offset });
  } catch (error) {
    throw toStorageError(error, request);
  }
}

/** The storage's own error for what went wrong while writing. */
function toStorageError(error: unknown, request: ObjectRequest): unknown {
  if (error instanceof DiskFullError)
    return new StorageError('ServiceUnavailable', undefined, { cause: error });
  // The upload was aborted meanwhile, and its file deleted.
  if (error instanceof BlobNotFoundError) return new StorageError('NoSuchUpload');
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
