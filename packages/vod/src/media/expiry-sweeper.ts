import type { VodContext } from '../context.ts';
import { createSweeper, type Sweeper } from '../sweeper.ts';
import { deleteMedia } from './delete-media.ts';

const INTERVAL_MS = 10_000;
const BATCH = 50;

/** Deletes media whose ExpireTime has passed, as DeleteMedia would. */
export function createExpirySweeper(context: VodContext): Sweeper {
  return createSweeper(context, {
    intervalMs: INTERVAL_MS,
    sweep: (signal) => deleteExpired(context, signal),
    failure: 'cannot delete expired media',
  });
}

type SweepContext = Pick<VodContext, 'db' | 'blobs' | 'clock'>;

async function deleteExpired(context: SweepContext, signal: AbortSignal): Promise<void> {
  for (let isDone = false; !isDone && !signal.aborted;) isDone = (await deleteSome(context)) < BATCH;
}

/** @returns how many media were deleted */
async function deleteSome({ db, blobs, clock }: SweepContext): Promise<number> {
  const deleted = await db.transaction().execute(async (tx) => {
    const expired = await tx
      .selectFrom('vod.media')
      .select(['file_id', 'sub_app_id', 'source_folder'])
      .where('expire_at', '<=', clock())
      .limit(BATCH)
      .forUpdate()
      .skipLocked()
      .execute();
    const lists: string[][] = [];
    for (const media of expired) lists.push(await deleteMedia(tx, media, []));
    return lists;
  });
  await Promise.allSettled(deleted.flat().map((key) => blobs.delete(key)));
  return deleted.length;
}
