import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findTranscodePreset, type TranscodePreset } from '@vodstack/protocol';
import type { Job, Logger } from '@vodstack/platform';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import type { TaskRow } from '../tables.ts';
import {
  MediaError,
  planTranscode,
  probeMedia,
  runTranscode,
  type TranscodeResult,
} from '../transcode/index.ts';
import { notifyTask, reportState } from './finish-task.ts';
import { forgetEarlierAttempts, type Outcome, type Run, settleTask } from './settle-task.ts';

const PROBE_TIMEOUT_MS = 60_000;
const PROGRESS_INTERVAL_MS = 1000;
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
    const outcomes = await transcode(context, run, scratchFolder, job.signal);
    if (job.attempt <= TRANSCODE_RETRIES) assertMachineSound(outcomes);
    await settleTask(context, run, outcomes);
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
  await settleTask(context, run, new Map(run.subtasks.map(({ definition }) => [definition, failure])));
}

/** Takes the task over from whoever had it: from here on, older attempts can write nothing. */
async function beginTask(context: VodContext, taskId: string): Promise<Run | undefined> {
  return await context.db.transaction().execute(async (tx) => {
    const task = await tx
      .updateTable('vod.task')
      .set((set) => ({
        attempt: set('attempt', '+', 1),
        status: 'PROCESSING' as const,
        begin_at: sql<Date>`coalesce(begin_at, now())`,
      }))
      .where('task_id', '=', taskId)
      .where('status', 'in', ['WAITING', 'PROCESSING'])
      .returningAll()
      .executeTakeFirst();
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

/** What became of each definition that the task asks for. */
async function transcode(
  context: VodContext,
  run: Run,
  scratchFolder: string,
  signal: AbortSignal,
): Promise<Map<number, Outcome>> {
  const definitions = [...new Set(run.subtasks.map(({ definition }) => definition))];
  const presets = definitions.flatMap((definition) => findTranscodePreset(definition) ?? []);
  const outcomes = new Map<number, Outcome>(definitions.map((id) => [id, unknownDefinition(id)]));
  if (presets.length === 0) return outcomes;
  try {
    const results = await makeRenditions(context, run, presets, scratchFolder, signal);
    for (const result of results) outcomes.set(result.definition, toOutcome(result));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const { errCodeExt, message } = error;
    for (const { definition } of presets) outcomes.set(definition, { ok: false, errCodeExt, message });
  }
  return outcomes;
}

async function makeRenditions(
  context: VodContext,
  run: Run,
  presets: readonly TranscodePreset[],
  scratchFolder: string,
  signal: AbortSignal,
): Promise<TranscodeResult[]> {
  const { tools, logger } = context;
  const sourcePath = await findSourcePath(context, run.task);
  const source = await probeMedia(sourcePath, { tools, signal, timeoutMs: PROBE_TIMEOUT_MS });
  const plan = planTranscode(source, presets, { x264Preset: 'medium', canToneMap: tools.canToneMap });
  const definitions = presets.map(({ definition }) => definition);
  const onProgress = throttle((percent) => writeProgress(context, run, definitions, percent), context.logger);
  return await runTranscode(plan, { sourcePath, tools, scratchFolder, signal, logger, onProgress });
}

function unknownDefinition(definition: number): Outcome {
  return {
    ok: false,
    errCodeExt: 'InvalidInput.DefinitionNotExist',
    message: `there is no transcode template ${definition}`,
  };
}

async function findSourcePath(context: VodContext, task: TaskRow): Promise<string> {
  const found = (await findMedia(context.db, task.sub_app_id, [task.file_id])).get(task.file_id);
  const source = found && findSource(found);
  if (!source)
    throw new MediaError('SourceFileError.DownloadNotAccessible', 'the source file has been deleted');
  return context.blobs.localPath(source.blob_key);
}

function toOutcome(result: TranscodeResult): Outcome {
  return 'path' in result
    ? { ok: true, file: result }
    : { ok: false, errCodeExt: result.errCodeExt, message: result.message };
}

/** At most one write a second, never two at once; the last percent may go unwritten, the end is written anyway. */
function throttle(write: (percent: number) => Promise<void>, logger: Logger): (percent: number) => void {
  let isWriting = false;
  let nextAt = 0;
  return (percent) => {
    const now = performance.now();
    if (isWriting || now < nextAt) return;
    isWriting = true;
    nextAt = now + PROGRESS_INTERVAL_MS;
    write(percent)
      .catch((error: unknown) => logger.warn({ err: error }, 'cannot write a task’s progress'))
      .finally(() => {
        isWriting = false;
      });
  };
}

async function writeProgress(
  { db }: VodContext,
  { task }: Run,
  definitions: readonly number[],
  percent: number,
): Promise<void> {
  await db
    .updateTable('vod.subtask')
    .set({ progress: Math.floor(percent) })
    .where('task_id', '=', task.task_id)
    .where('status', '=', 'PROCESSING')
    .where('definition', 'in', definitions)
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
