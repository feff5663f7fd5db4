import { availableParallelism } from 'node:os';
import type { QueueSettings } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { EDIT_QUEUE } from '../edits/create-edit.ts';
import { EDIT_RETRIES, failEdit, runEdit } from '../edits/edit-worker.ts';
import { failPart, PART_RETRIES, runPart } from './chunks/part-worker.ts';
import { PART_QUEUE } from './chunks/send-parts.ts';
import { TRANSCODE_QUEUE } from './create-task.ts';
import { failTask, runTask, TRANSCODE_RETRIES } from './transcode-worker.ts';

export const TASK_QUEUE_SETTINGS: QueueSettings = {
  /** A worker that shows no sign of life for this long has lost its task. Long enough for a database that is away for ten seconds. */
  heartbeatSec: 15,
  retryLimit: TRANSCODE_RETRIES,
};
export const EDIT_QUEUE_SETTINGS: QueueSettings = { ...TASK_QUEUE_SETTINGS, retryLimit: EDIT_RETRIES };
export const PART_QUEUE_SETTINGS: QueueSettings = { ...TASK_QUEUE_SETTINGS, retryLimit: PART_RETRIES };

/** A task is meant to use two cores, and a part uses one. */
const PARTS_PER_SLOT = 2;

/** Takes up tasks in this process, so many at once, the parts that come of them, and one edit beside them; 0 leaves both to other processes. */
export async function workOnTasks(context: VodContext, slots: number): Promise<void> {
  await context.jobs.work(
    TRANSCODE_QUEUE,
    {
      ...TASK_QUEUE_SETTINGS,
      concurrency: slots,
      overtakes: true,
      onExhausted: (job, error) => failTask(context, String(job.data['taskId']), error),
    },
    (job) => runTask(context, job),
  );
  await context.jobs.work(
    PART_QUEUE,
    {
      ...PART_QUEUE_SETTINGS,
      concurrency: Math.min(slots * PARTS_PER_SLOT, availableParallelism()),
      overtakes: true,
      onExhausted: (job, error) => failPart(context, job.data, error),
    },
    (job) => runPart(context, job),
  );
  await context.jobs.work(
    EDIT_QUEUE,
    {
      ...EDIT_QUEUE_SETTINGS,
      concurrency: Math.min(1, slots),
      overtakes: true,
      onExhausted: (job, error) => failEdit(context, String(job.data['taskId']), error),
    },
    (job) => runEdit(context, job),
  );
}
