import { createHash } from 'node:crypto';
import type { VodContext } from '../../context.ts';
import type { TaskPartRow, TaskRow, VodDb } from '../../tables.ts';
import type { ChunkPlan } from '../../transcode/index.ts';
import { isStillOurs } from '../task-attempt.ts';
import { closeParts } from './part-files.ts';

/** Queue of the parts of long sources. */
export const PART_QUEUE = 'vod-part';

export interface PartsTask {
  readonly task: TaskRow;
  readonly sourceKey: string;
}

/**
 * Sends each part that is not done yet as a job. What an earlier attempt at the task had done of the same plan is kept, and so are
 * its jobs: a part that waits has one, which outlives whoever sent it.
 * @returns the key of the plan, or undefined when another worker has taken the task over
 */
export async function sendParts(
  context: VodContext,
  { task, sourceKey }: PartsTask,
  { parts }: ChunkPlan,
): Promise<string | undefined> {
  const planKey = toPlanKey([sourceKey, parts]);
  const { db, blobs } = context;
  const sent = await db.transaction().execute(async (tx) => {
    if (!(await isStillOurs(tx, task))) return undefined;
    const known = await findOpen(tx, task);
    if (known.length === parts.length && known.every((row) => row.plan_key === planKey)) {
      for (const row of known) if (row.state === 'failed') await sendAgain(context, tx, row, task);
      return [];
    }
    const leftover = await closeParts(tx, task.task_id);
    await tx.deleteFrom('vod.task_part').where('task_id', '=', task.task_id).execute();
    for (const [part, run] of parts.entries()) {
      const row = { task_id: task.task_id, part, plan_key: planKey };
      const content = { source_key: sourceKey, run: JSON.stringify(run), pictures: run.frames.length };
      await tx
        .insertInto('vod.task_part')
        .values({ ...row, ...content })
        .execute();
      await send(context, tx, row, task);
    }
    return leftover;
  });
  if (!sent) return undefined;
  await Promise.allSettled(sent.map((key) => blobs.delete(key)));
  return planKey;
}

function toPlanKey(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

async function findOpen(
  tx: VodDb,
  { task_id }: TaskRow,
): Promise<Pick<TaskPartRow, 'task_id' | 'part' | 'plan_key' | 'state'>[]> {
  return await tx
    .selectFrom('vod.task_part')
    .select(['task_id', 'part', 'plan_key', 'state'])
    .where('task_id', '=', task_id)
    .where('run', 'is not', null)
    .execute();
}

async function sendAgain(
  context: VodContext,
  tx: VodDb,
  row: Pick<TaskPartRow, 'task_id' | 'part' | 'plan_key'>,
  task: TaskRow,
): Promise<void> {
  await tx
    .updateTable('vod.task_part')
    .set({ state: 'waiting', message: '', done_sec: 0 })
    .where('task_id', '=', row.task_id)
    .where('part', '=', row.part)
    .execute();
  await send(context, tx, row, task);
}

async function send(
  { jobs }: VodContext,
  tx: VodDb,
  { task_id: taskId, part, plan_key: planKey }: Pick<TaskPartRow, 'task_id' | 'part' | 'plan_key'>,
  { priority }: TaskRow,
): Promise<void> {
  await jobs.send(tx, PART_QUEUE, { taskId, part, planKey }, { priority });
}
