import { systemErrorCode } from '../errors.ts';

/** A blob could not be written or read. */
export class BlobError extends Error {
  override readonly name: string = 'BlobError';
}

/** The key is not one that this program makes. */
export class BadBlobKeyError extends BlobError {
  override readonly name: string = 'BadBlobKeyError';
}

export class BlobNotFoundError extends BlobError {
  override readonly name: string = 'BlobNotFoundError';
}

/** The source ended before `expectedBytes`. */
export class BlobTooShortError extends BlobError {
  override readonly name: string = 'BlobTooShortError';
}

/** The source exceeds `expectedBytes` or `maxBytes`. */
export class BlobTooLargeError extends BlobError {
  override readonly name: string = 'BlobTooLargeError';
}

/** No space (or quota) is left where blobs are kept; trying again helps only after space was made. */
export class DiskFullError extends BlobError {
  override readonly name: string = 'DiskFullError';
}

/** Gives a full disk its own error; every other error passes unchanged. */
export function toBlobError(error: unknown, folder: string): unknown {
  const code = systemErrorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new DiskFullError(`No space is left in ${folder} (${code}): free some and try again.`, {
    cause: error,
  });
}
