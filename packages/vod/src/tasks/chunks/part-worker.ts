import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '@vodstack/platform';
import { type RawBuilder, sql } from 'kysely';
import type { VodContext } from '../../context.ts';
import type { TaskPartRow } from '../../tables.ts';
import {
  type ChunkPart,
  encodePart,
  partFileName,
  UnfitPartError,
  withPriority,
} from '../../transcode/index.ts';
import { retryRecord } from '../retry-record.ts';
import { throttleWrites } from '../throttle-writes.ts';
import { partKey, partKeys } from './part-files.ts';

const PROGRESS_INTERVAL_MS = 450;
/** A part is tried again when the machine, not the media, was at fault. */
export const PART_RETRIES = 2;

/** One go at a part. */
interface Claim {
  readonly row: TaskPartRow;
  readonly run: ChunkPart;
  readonly priority: number;
}

/** Encodes one part of a task's source, and puts its files where the task's own worker finds them. */
export async function runPart(context: VodContext, job: Job): Promise<void> {
  const claim = await claimPart(context, job);
  if (!claim) return;
  const scratchFolder = join(context.scratchFolder, randomUUID());
  try {
    await encode(context, claim, { scratchFolder, signal: job.signal });
    for (const picture of claim.run.frames.keys()) {
      const path = join(scratchFolder, partFileName(picture));
      await context.blobs.publishFile(partKey(claim.row, picture), path);
    }
    const { logger } = context;
    const done = { state: 'done', done_sec: claim.run.lengthSec } as const;
    const isOurs = await retryRecord(() => update(context, claim, done), { signal: job.signal, logger });
    if (!isOurs) await forgetUnwanted(context, claim);
  } catch (error) {
    job.signal.throwIfAborted();
    if (!(error instanceof UnfitPartError)) throw error;
    await update(context, claim, { state: 'unfit', message: error.message });
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** The queue gave a part up. */
export async function failPart({ db }: VodContext, data: Job['data'], error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  await db
    .updateTable('vod.task_part')
    .set({ state: 'failed', message })
    .where(isNamed(data))
    .where('state', '=', 'waiting')
    .execute();
}

/** Undefined when it is done, or its task has ended or does without it. */
async function claimPart({ db, workerId }: VodContext, job: Job): Promise<Claim | undefined> {
  const row = await db
    .updateTable('vod.task_part')
    .set((set) => ({ attempts: set('attempts', '+', 1), worker_id: workerId, done_sec: 0 }))
    .where(isNamed(job.data))
    .where('state', '=', 'waiting')
    .returningAll()
    .executeTakeFirst();
  if (!row?.run) return undefined;
  const task = await db
    .selectFrom('vod.task')
    .select('priority')
    .where('task_id', '=', row.task_id)
    .where('status', '=', 'PROCESSING')
    .executeTakeFirst();
  return task && { row, run: row.run, priority: task.priority };
}

function isNamed({ taskId, part, planKey }: Job['data']): RawBuilder<boolean> {
  return sql<boolean>`task_id = ${String(taskId)} and part = ${Number(part)} and plan_key = ${String(planKey)} and run is not null`;
}

async function encode(
  context: VodContext,
  claim: Claim,
  { scratchFolder, signal }: { readonly scratchFolder: string; readonly signal: AbortSignal },
): Promise<void> {
  const { blobs, logger } = context;
  const unwanted = new AbortController();
  const tell = throttleWrites(
    async (percent: number) => {
      const isWanted = await update(context, claim, { done_sec: (claim.run.lengthSec * percent) / 100 });
      if (!isWanted) unwanted.abort(new UnfitPartError('InternalError', 'nobody needs this part any more'));
    },
    { intervalMs: PROGRESS_INTERVAL_MS, logger },
  );
  await encodePart(claim.run, {
    sourcePath: blobs.localPath(claim.row.source_key),
    tools: withPriority(context.tools, claim.priority),
    scratchFolder,
    signal: AbortSignal.any([signal, unwanted.signal]),
    logger,
    onPercent: (percent) => tell(Math.min(99, percent)),
  });
}

type PartEnd = Partial<Pick<TaskPartRow, 'state' | 'done_sec' | 'message'>>;

/** Whether the part is still wanted, and of this go at it. */
async function update({ db }: VodContext, { row }: Claim, end: PartEnd): Promise<boolean> {
  const updated = await db
    .updateTable('vod.task_part')
    .set(end)
    .where(isNamed({ taskId: row.task_id, part: row.part, planKey: row.plan_key }))
    .where('state', '=', 'waiting')
    .where('attempts', '=', row.attempts)
    .returning('part')
    .executeTakeFirst();
  return updated !== undefined;
}

/** The task has ended, or does without its parts: nobody else removes these files. */
async function forgetUnwanted({ db, blobs }: VodContext, { row }: Claim): Promise<void> {
  const wanted = await db
    .selectFrom('vod.task_part')
    .select('part')
    .where(isNamed({ taskId: row.task_id, part: row.part, planKey: row.plan_key }))
    .executeTakeFirst();
  if (!wanted) await Promise.all(partKeys(row).map((key) => blobs.delete(key)));
}
