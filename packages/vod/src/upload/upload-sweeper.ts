import type { VodContext } from '../context.ts';
import { createSweeper, type Sweeper } from '../sweeper.ts';
import type { UploadRow } from '../tables.ts';
import { findMultipartIds, forgetMultiparts } from './forget-multiparts.ts';
import { lockUpload } from './open-upload.ts';

const INTERVAL_MS = 3600 * 1000;
/** A PUT or a commit that began in time may still be under way. */
const GRACE_MS = 3600 * 1000;
const BATCH = 100;

type SweepContext = Pick<VodContext, 'db' | 'blobs' | 'clock'>;

/** Gives back the disk space of uploads that were begun and never committed. */
export function createUploadSweeper(context: VodContext): Sweeper {
  return createSweeper(context, {
    intervalMs: INTERVAL_MS,
    sweep: (signal) => sweepUploads(context, signal),
    failure: 'cannot remove expired uploads',
  });
}

/** Forgets every upload that expired uncommitted, with all that was put for it. */
export async function sweepUploads(context: SweepContext, signal: AbortSignal): Promise<void> {
  for (let isDone = false; !isDone && !signal.aborted;) {
    const expired = await findExpired(context);
    for (const upload of expired) {
      if (!signal.aborted) await forgetUpload(context, upload);
    }
    isDone = expired.length < BATCH;
  }
  await forgetSignatures(context);
}

/** One that has expired opens nothing any more, used or not. */
async function forgetSignatures({ db, clock }: SweepContext): Promise<void> {
  await db
    .deleteFrom('vod.used_signature')
    .where('expires_at', '<', new Date(clock().getTime() - GRACE_MS))
    .execute();
}

type ExpiredUpload = Pick<UploadRow, 'session_key'>;

async function findExpired({ db, clock }: SweepContext): Promise<ExpiredUpload[]> {
  return await db
    .selectFrom('vod.upload')
    .select('session_key')
    .where('committed_at', 'is', null)
    .where('expires_at', '<', new Date(clock().getTime() - GRACE_MS))
    .limit(BATCH)
    .execute();
}

async function forgetUpload({ db, blobs }: SweepContext, upload: ExpiredUpload): Promise<void> {
  const keys = await db.transaction().execute(async (tx) => {
    const current = await lockUpload(tx, upload.session_key);
    if (!current || current.committed_at) return [];
    const parts = await forgetMultiparts(tx, await findMultipartIds(tx, upload.session_key));
    const objects = await tx
      .deleteFrom('vod.storage_object')
      .where('session_key', '=', upload.session_key)
      .returning('blob_key')
      .execute();
    await tx.deleteFrom('vod.upload').where('session_key', '=', upload.session_key).execute();
    return [...parts, ...objects.map(({ blob_key }) => blob_key)];
  });
  for (const key of keys) await blobs.delete(key);
}
