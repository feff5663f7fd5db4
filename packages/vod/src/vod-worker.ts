import { StartupError, type StopOptions } from '@vodstack/platform';
import type { VodContext } from './context.ts';
import { emptyFolder } from './empty-folder.ts';
import { workOnTasks } from './tasks/work-on-tasks.ts';
import { createWorkerRegistry, type WorkerIdentity } from './tasks/worker-registry.ts';

/** What works on tasks and does nothing else: for other processes and machines. */
export interface VodWorker {
  /** @throws StartupError when the media are not where they should be */
  start(): Promise<void>;
  /** Without `drain`, what is unfinished is given back at once. Concurrent callers share one stop. */
  stop(options?: StopOptions): Promise<void>;
}

export function createVodWorker(context: VodContext, identity: Omit<WorkerIdentity, 'role'>): VodWorker {
  const registry = createWorkerRegistry(context, { ...identity, role: 'worker' });
  let stopping: Promise<void> | undefined;

  async function stop(options: StopOptions): Promise<void> {
    await registry.drain();
    await context.jobs.stop(options);
    await registry.stop();
  }

  return {
    async start() {
      await assertSharedBlobs(context);
      // What was in the making when the last run ended is made anew.
      await emptyFolder(context.scratchFolder);
      await registry.start();
      await workOnTasks(context, identity.slots);
    },
    stop: (options = {}) => (stopping ??= stop(options)),
  };
}

/** A worker with the wrong folder would take tasks and fail them for want of their source. */
async function assertSharedBlobs({ db, blobs }: VodContext): Promise<void> {
  const newest = await db
    .selectFrom('vod.media')
    .innerJoin('vod.artifact', 'vod.artifact.file_id', 'vod.media.file_id')
    .select('vod.artifact.blob_key')
    .where('vod.artifact.kind', '=', 'Source')
    .orderBy('vod.media.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest || (await blobs.stat(newest.blob_key))) return;
  throw new StartupError(
    `The server’s media are not in ${blobs.localPath('media')}: set VODSTACK_BLOBS to the folder where this machine sees them.`,
  );
}
