import type { QueueSettings } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { TRANSCODE_QUEUE } from './create-task.ts';
import { failTask, runTask, TRANSCODE_RETRIES } from './transcode-worker.ts';

export const TASK_QUEUE_SETTINGS: QueueSettings = {
  /** A worker that shows no sign of life for this long has lost its task. Long enough for a database that is away for ten seconds. */
  heartbeatSec: 15,
  retryLimit: TRANSCODE_RETRIES,
};

/** Takes up tasks in this process, so many at once; none leaves them to other workers. */
export async function workOnTasks(context: VodContext, concurrency: number): Promise<void> {
  await context.jobs.work(
    TRANSCODE_QUEUE,
    {
      ...TASK_QUEUE_SETTINGS,
      concurrency,
      overtakes: true,
      onExhausted: (job, error) => failTask(context, String(job.data['taskId']), error),
    },
    (job) => runTask(context, job),
  );
}
