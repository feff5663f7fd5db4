import { setTimeout as delay } from 'node:timers/promises';
import type { VodContext } from '../../context.ts';
import type { TaskPartRow } from '../../tables.ts';
import { type EncodeParts, MediaError, UnfitPartError } from '../../transcode/index.ts';
import { retryRecord } from '../retry-record.ts';
import { closeParts, partKey } from './part-files.ts';
import { type PartsTask, sendParts } from './send-parts.ts';

/** Parts tell of their progress about as often. */
const POLL_MS = 450;

/**
 * Has the parts of a task encoded as jobs, by whichever workers are free: also by this process, whose places for parts are others than
 * those for tasks, so that a task that waits for its parts never keeps them from being done.
 */
export function encodePartsAnywhere(context: VodContext, owner: PartsTask): EncodeParts {
  const { db, blobs, logger } = context;
  return async (plan, { signal, onDone }) => {
    const planKey = await retryRecord(() => sendParts(context, owner, plan), { signal, logger });
    if (planKey === undefined) throw new Error('another worker has taken this task over');
    try {
      for (;;) {
        signal.throwIfAborted();
        const rows = await retryRecord(() => findStates(context, owner), { signal, logger });
        onDone(rows.reduce((sum, { done_sec }) => sum + done_sec, 0));
        for (const row of rows) assertSound(row);
        if (rows.length < plan.parts.length) throw new Error('the parts of this task are gone');
        if (rows.every(({ state }) => state === 'done')) break;
        await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    } catch (error) {
      // One run does it all now: nobody needs to go on with the others.
      if (error instanceof UnfitPartError) await forgetParts();
      throw error;
    }
    const of = { task_id: owner.task.task_id, plan_key: planKey };
    return (part, picture) => blobs.localPath(partKey({ ...of, part }, picture));
  };

  async function forgetParts(): Promise<void> {
    const keys = await closeParts(db, owner.task.task_id);
    await Promise.allSettled(keys.map((key) => blobs.delete(key)));
  }
}

type PartStateRow = Pick<TaskPartRow, 'state' | 'done_sec' | 'message'>;

async function findStates({ db }: VodContext, { task }: PartsTask): Promise<PartStateRow[]> {
  return await db
    .selectFrom('vod.task_part')
    .select(['state', 'done_sec', 'message'])
    .where('task_id', '=', task.task_id)
    .where('run', 'is not', null)
    .execute();
}

function assertSound({ state, message }: PartStateRow): void {
  if (state === 'unfit') throw new UnfitPartError('InternalError', message);
  if (state === 'failed') throw new MediaError('InternalError', message);
}
