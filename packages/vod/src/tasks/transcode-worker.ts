import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, Logger } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { notifyTask, reportState } from './finish-task.ts';
import { withPriority } from '../transcode/index.ts';
import { runSubtasks } from './run-subtasks.ts';
import { forgetEarlierAttempts, type Outcome, type Run, settleTask } from './settle-task.ts';
import { takeOver } from './task-attempt.ts';

/** ffmpeg reports twice a second: clients see progress at least every second. */
const PROGRESS_INTERVAL_MS = 450;
/** A task is tried again when the machine, not the media, was at fault. */
export const TRANSCODE_RETRIES = 2;

/** Runs one queued task to its end: every sub-task succeeds or fails with a reason, and the state is reported. */
export async function runTask(context: VodContext, job: Job): Promise<void> {
  const run = await beginTask(context, String(job.data['taskId']));
  if (!run) return;
  await forgetEarlierAttempts(context, run);
  const scratchFolder = join(context.scratchFolder, randomUUID());
  await mkdir(scratchFolder, { recursive: true });
  try {
    const prioritised = withPriority(context.tools, run.task.priority);
    // What hardware failed at, for want of a free session say, the processor tries again.
    const tools = run.task.attempt === 1 ? prioritised : { ...prioritised, hardware: undefined };
    const outcomes = await runSubtasks({ ...context, tools }, run, {
      scratchFolder,
      signal: job.signal,
      onProgress: throttle(
        (positions, percent) => writeProgress(context, run, positions, percent),
        context.logger,
      ),
    });
    if (job.attempt <= TRANSCODE_RETRIES) assertMachineSound(outcomes);
    await settleTask(context, run, outcomes, job.signal);
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** A full disk or a killed ffmpeg may be over at the next attempt; what is wrong with the media never is. */
function assertMachineSound(outcomes: ReadonlyMap<number, Outcome>): void {
  for (const outcome of outcomes.values()) {
    if (!outcome.ok && outcome.errCodeExt === 'InternalError') throw new Error(outcome.message);
  }
}

/** The queue gave a task up: its open sub-tasks fail with what was seen last. */
export async function failTask(context: VodContext, taskId: string, error: unknown): Promise<void> {
  const run = await beginTask(context, taskId);
  if (!run) return;
  await forgetEarlierAttempts(context, run);
  const message = error instanceof Error ? error.message : String(error);
  const failure: Outcome = { ok: false, errCodeExt: 'InternalError', message: `given up: ${message}` };
  await settleTask(context, run, new Map(run.subtasks.map(({ position }) => [position, failure])));
}

async function beginTask(context: VodContext, taskId: string): Promise<Run | undefined> {
  return await context.db.transaction().execute(async (tx) => {
    const task = await takeOver(tx, taskId, context.workerId);
    if (!task) return undefined;
    const subtasks = await tx
      .updateTable('vod.subtask')
      .set({ status: 'PROCESSING', progress: 0, begin_at: sql<Date>`coalesce(begin_at, now())` })
      .where('task_id', '=', taskId)
      .where('status', 'in', ['WAITING', 'PROCESSING'])
      .returningAll()
      .execute();
    if (task.notify_mode === 'Change' && task.attempt === 1) await reportState(context, tx, task);
    await notifyTask(tx, task);
    return { task, subtasks: subtasks.toSorted((a, b) => a.position - b.position) };
  });
}

/** At most one write a second, never two at once; the last percent may go unwritten, the end is written anyway. */
function throttle(
  write: (positions: readonly number[], percent: number) => Promise<void>,
  logger: Logger,
): (positions: readonly number[], percent: number) => void {
  let isWriting = false;
  let nextAt = 0;
  return (positions, percent) => {
    const now = performance.now();
    if (isWriting || now < nextAt) return;
    isWriting = true;
    nextAt = now + PROGRESS_INTERVAL_MS;
    write(positions, percent)
      .catch((error: unknown) => logger.warn({ err: error }, 'cannot write a task’s progress'))
      .finally(() => {
        isWriting = false;
      });
  };
}

async function writeProgress(
  { db }: VodContext,
  { task }: Run,
  positions: readonly number[],
  percent: number,
): Promise<void> {
  await db
    .updateTable('vod.subtask')
    .set({ progress: Math.floor(percent) })
    .where('task_id', '=', task.task_id)
    .where('status', '=', 'PROCESSING')
    .where('position', 'in', positions)
    .where((where) =>
      where.exists(
        where
          .selectFrom('vod.task')
          .select('task_id')
          .where('task_id', '=', task.task_id)
          .where('attempt', '=', task.attempt),
      ),
    )
    .execute();
  await notifyTask(db, task);
}
