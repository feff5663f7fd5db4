import type { UploadRow, VodDb } from '../tables.ts';
import { StorageError } from './storage-error.ts';

/** @throws StorageError AccessDenied when the upload has been committed: a media's source does not change any more */
export function assertNotCommitted(upload: Pick<UploadRow, 'committed_at'>): void {
  if (upload.committed_at) throw new StorageError('AccessDenied', 'This upload has been committed already.');
}

/**
 * Holds the upload until the end of the transaction: of those that change its files and those that commit it, one comes after
 * the other and sees what the one before did.
 * @returns undefined when the upload has been forgotten
 */
export async function lockUpload(
  tx: VodDb,
  sessionKey: string,
): Promise<Pick<UploadRow, 'committed_at'> | undefined> {
  return await tx
    .selectFrom('vod.upload')
    .select('committed_at')
    .where('session_key', '=', sessionKey)
    .forUpdate()
    .executeTakeFirst();
}

/** The same for who needs it to be open still. */
export async function lockOpenUpload(tx: VodDb, sessionKey: string): Promise<void> {
  const upload = await lockUpload(tx, sessionKey);
  if (!upload) throw new StorageError('AccessDenied', 'Request has expired');
  assertNotCommitted(upload);
}
