import type { ListedBlob } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { createSweeper, type Sweeper } from '../sweeper.ts';

const INTERVAL_MS = 6 * 3600 * 1000;
/** Longer than any file waits between its place in the store and its row. */
const MIN_AGE_MS = 24 * 3600 * 1000;
const BATCH = 500;

type SweepContext = Pick<VodContext, 'db' | 'blobs' | 'wallClock' | 'logger'>;

/** Gives back the disk space of what a crash left between the store and the database. */
export function createOrphanSweeper(context: VodContext): Sweeper {
  return createSweeper(context, {
    intervalMs: INTERVAL_MS,
    sweep: (signal) => sweepOrphans(context, signal),
    failure: 'cannot remove files that nothing names',
  });
}

/**
 * Deletes the blobs that have been there for a day and that no row names. Those from before this database are left alone:
 * a store that meets a new or another database must not lose what the former one knew.
 */
export async function sweepOrphans(context: SweepContext, signal: AbortSignal): Promise<void> {
  const since = await findBeginning(context);
  const until = new Date(context.wallClock().getTime() - MIN_AGE_MS);
  let batch: ListedBlob[] = [];
  for await (const blob of context.blobs.list()) {
    if (signal.aborted) return;
    if (blob.placedAt > since && blob.placedAt < until) batch.push(blob);
    if (batch.length < BATCH) continue;
    await deleteUnnamed(context, batch);
    batch = [];
  }
  await deleteUnnamed(context, batch);
}

async function findBeginning({ db }: SweepContext): Promise<Date> {
  const { rows } = await sql<{ began: Date }>`select min(ran_at) as began from vod.schema_version`.execute(
    db,
  );
  return rows[0]?.began ?? new Date();
}

async function deleteUnnamed({ db, blobs, logger }: SweepContext, batch: ListedBlob[]): Promise<void> {
  if (batch.length === 0) return;
  const keys = batch.map(({ key }) => key);
  const { rows } = await sql<{ key: string }>`
    select key from unnest(${keys}::text[]) as given(key)
    where not exists (select from vod.artifact where blob_key = key)
      and not exists (select from vod.storage_object where blob_key = key)
      and not exists (select from vod.multipart_part where blob_key = key)
      and not exists (select from vod.multipart_upload where joined_key = key)
      and not exists (select from vod.watermark_image where blob_key = key)
      and not exists (select from vod.task_part where run is not null and starts_with(key, 'parts/' || task_id || '/'))`.execute(
    db,
  );
  for (const { key } of rows) await blobs.delete(key);
  if (rows.length > 0) logger.info({ count: rows.length }, 'removed files that nothing named');
}
