import { type Kysely, sql } from 'kysely';
import type { VodTables } from '../tables.ts';

/**
 * Forgets unfinished multipart uploads with their parts, in the caller's transaction.
 * @returns their blobs, to delete when the transaction has been committed
 */
export async function forgetMultiparts(
  tx: Kysely<VodTables>,
  uploadIds: readonly string[],
): Promise<string[]> {
  if (uploadIds.length === 0) return [];
  // Held first: a part that is being recorded has its row before this, or finds no upload after it.
  await tx
    .selectFrom('vod.multipart_upload')
    .select(sql<number>`1`.as('held'))
    .where('upload_id', 'in', uploadIds)
    .orderBy('upload_id')
    .forUpdate()
    .execute();
  const parts = await tx
    .deleteFrom('vod.multipart_part')
    .where('upload_id', 'in', uploadIds)
    .returning('blob_key')
    .execute();
  const uploads = await tx
    .deleteFrom('vod.multipart_upload')
    .where('upload_id', 'in', uploadIds)
    .returning('joined_key')
    .execute();
  const keys = [...parts.map(({ blob_key }) => blob_key), ...uploads.map(({ joined_key }) => joined_key)];
  return keys.filter((key) => key !== null);
}

/** The unfinished multipart uploads of one upload session. */
export async function findMultipartIds(tx: Kysely<VodTables>, sessionKey: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('vod.multipart_upload')
    .select('upload_id')
    .where('session_key', '=', sessionKey)
    .execute();
  return rows.map(({ upload_id }) => upload_id);
}
