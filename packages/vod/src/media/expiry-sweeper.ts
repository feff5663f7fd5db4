import type { VodContext } from '../context.ts';
import { deleteMedia } from './delete-media.ts';

const INTERVAL_MS = 10_000;
const BATCH = 50;

export interface ExpirySweeper {
  /** Sweeps now and every ten seconds. */
  start(): void;
  stop(): Promise<void>;
}

/** Deletes media whose ExpireTime has passed, as DeleteMedia would. */
export function createExpirySweeper(context: VodContext): ExpirySweeper {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function sweep(): void {
    running = running
      .then(() => deleteExpired(context, stopping.signal))
      .catch((error: unknown) => context.logger.error({ err: error }, 'cannot delete expired media'));
  }

  return {
    start() {
      if (timer) return;
      timer = setInterval(sweep, INTERVAL_MS);
      sweep();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}

export async function deleteExpired(
  { db, blobs, clock }: Pick<VodContext, 'db' | 'blobs' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  for (let count = BATCH; count === BATCH && !signal.aborted;) {
    const keys = await db.transaction().execute(async (tx) => {
      const expired = await tx
        .selectFrom('vod.media')
        .select(['file_id', 'sub_app_id', 'source_folder'])
        .where('expire_at', '<=', clock())
        .limit(BATCH)
        .forUpdate()
        .skipLocked()
        .execute();
      count = expired.length;
      const lists: string[][] = [];
      for (const media of expired) lists.push(await deleteMedia(tx, media, []));
      return lists.flat();
    });
    await Promise.allSettled(keys.map((key) => blobs.delete(key)));
  }
}
