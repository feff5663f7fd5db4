import type { ErrCodeExt } from '@vodstack/protocol';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { contentTypeOf } from '../media/file-types.ts';
import type { ArtifactRow, MediaRow, SubtaskRow, TaskRow, VodDb } from '../tables.ts';
import { type MadeWork, toMetaData } from '../transcode/index.ts';
import { closeParts } from './chunks/part-files.ts';
import { isStillOurs } from './task-attempt.ts';
import { finishTask } from './finish-task.ts';
import { retryRecord } from './retry-record.ts';

/** For a task that is given up, which has no lease. */
const RECORD_TIMEOUT_MS = 60_000;

/** One attempt at a task, with the sub-tasks that it found unsettled. */
export interface Run {
  readonly task: TaskRow;
  readonly subtasks: readonly SubtaskRow[];
}

/** What became of a sub-task. Sub-tasks that ask for the same share one `made`, kept under the first one's position. */
export type Outcome =
  | { readonly ok: true; readonly made: MadeWork; readonly lead: number }
  | { readonly ok: false; readonly errCodeExt: ErrCodeExt; readonly message: string };

/** A worker that was presumed dead and taken over must not write any more. */
class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/**
 * Publishes the files, closes the sub-tasks and the task, and reports it. The files take their places first; the rows that
 * give them an address, the sub-tasks and the event are one transaction, so no address ever leads to half a file.
 */
export async function settleTask(
  context: VodContext,
  run: Run,
  outcomes: ReadonlyMap<number, Outcome>,
  signal: AbortSignal = AbortSignal.timeout(RECORD_TIMEOUT_MS),
): Promise<void> {
  const { logger, blobs } = context;
  await retryRecord(() => assertStillOurs(context.db, run.task), { signal, logger });
  await publishFiles(context, run, outcomes);
  const keys = await retryRecord(() => record(context, run, outcomes), { signal, logger });
  await Promise.allSettled(keys.map((key) => blobs.delete(key)));
  // What a worker that was presumed dead has put there since, and then died of.
  await forgetEarlierAttempts(context, run).catch((err: unknown) =>
    logger.warn({ err }, 'files are left over'),
  );
}

/** Returns the keys of the files that nothing needs any more. */
async function record(
  context: VodContext,
  run: Run,
  outcomes: ReadonlyMap<number, Outcome>,
): Promise<string[]> {
  try {
    return await context.db.transaction().execute(async (tx) => {
      const media = await lockTaskAndMedia(tx, run.task);
      const keys = await settleOutcomes(tx, run, outcomes, media);
      await finishTask(context, tx, run.task);
      return [...keys, ...(await closeParts(tx, run.task.task_id))];
    });
  } catch (error) {
    if (!(error instanceof SupersededError)) throw error;
    const published = [...outcomes.values()].flatMap((outcome) => toBlobKeys(run.task, outcome));
    return await findUnrecorded(context, run.task, published);
  }
}

/**
 * Another worker has taken the task over and has looked for what earlier attempts left, but these files came after. Or this very
 * attempt has recorded them, and the connection was lost before the commit was answered: then they stay.
 */
async function findUnrecorded(
  { db, logger }: VodContext,
  { task_id: taskId }: TaskRow,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db.selectFrom('vod.artifact').select('blob_key').where('blob_key', 'in', keys).execute();
  const recorded = new Set(rows.map((row) => row.blob_key));
  if (recorded.size === 0) logger.warn({ taskId }, 'another worker has taken this task over');
  return keys.filter((key) => !recorded.has(key));
}

/** A woken worker that lost its task long ago should not move files about. Whoever takes over after this is seen when recording. */
async function assertStillOurs(db: VodDb, { task_id: taskId, attempt }: TaskRow): Promise<void> {
  const current = await db
    .selectFrom('vod.task')
    .select('attempt')
    .where('task_id', '=', taskId)
    .executeTakeFirst();
  if (current?.attempt !== attempt) throw new SupersededError(`another worker has taken ${taskId} over`);
}

/** Removes what earlier attempts published but could not record: no row knows those keys, or the task would be finished. */
export async function forgetEarlierAttempts({ blobs }: VodContext, { task, subtasks }: Run): Promise<void> {
  for (let attempt = 1; attempt < task.attempt; attempt++) {
    for (const { position } of subtasks) {
      const keyOf = (index: number): string => toBlobKey({ ...task, attempt }, position, index);
      // They were published one after the other. From the last to the first, so that a second try finds them again.
      let count = 0;
      while ((await blobs.stat(keyOf(count))) !== null) count += 1;
      while (count > 0) await blobs.delete(keyOf((count -= 1)));
    }
  }
}

function toBlobKey(
  task: Pick<TaskRow, 'task_id' | 'file_id' | 'attempt'>,
  position: number,
  index: number,
): string {
  return `media/${task.file_id}/${task.task_id}-${task.attempt}/${position}-${index}`;
}

function toBlobKeys(task: TaskRow, outcome: Outcome): string[] {
  return outcome.ok ? outcome.made.files.map((_, index) => toBlobKey(task, outcome.lead, index)) : [];
}

async function publishFiles(
  { blobs }: VodContext,
  { task }: Run,
  outcomes: ReadonlyMap<number, Outcome>,
): Promise<void> {
  for (const [position, outcome] of outcomes) {
    if (!outcome.ok || outcome.lead !== position) continue;
    for (const [index, file] of outcome.made.files.entries()) {
      await blobs.publishFile(toBlobKey(task, position, index), file.path);
    }
  }
}

async function lockTaskAndMedia(tx: VodDb, task: TaskRow): Promise<MediaRow | undefined> {
  if (!(await isStillOurs(tx, task))) throw new SupersededError();
  return await tx
    .selectFrom('vod.media')
    .selectAll()
    .where('file_id', '=', task.file_id)
    .forUpdate()
    .executeTakeFirst();
}

/** Records every sub-task's outcome; returns the keys of the files that were replaced by new ones. */
async function settleOutcomes(
  tx: VodDb,
  { task, subtasks }: Run,
  outcomes: ReadonlyMap<number, Outcome>,
  media: MediaRow | undefined,
): Promise<string[]> {
  const replaced: string[] = [];
  const recorded = new Map<number, number>();
  for (const subtask of subtasks) {
    const outcome = outcomes.get(subtask.position);
    if (!outcome) continue;
    if (!outcome.ok) {
      await closeSubtask(tx, subtask, { ...outcome, artifactId: null });
    } else if (media) {
      const known = recorded.get(outcome.lead);
      const result = known ?? (await recordResult(tx, { task, subtask, media, ...outcome }));
      const artifactId = typeof result === 'number' ? result : result.artifactId;
      if (typeof result === 'object') replaced.push(...result.replacedKeys);
      recorded.set(outcome.lead, artifactId);
      await closeSubtask(tx, subtask, { artifactId });
    } else {
      replaced.push(...toBlobKeys(task, outcome));
      await closeSubtask(tx, subtask, {
        artifactId: null,
        errCodeExt: 'SourceFileError.DownloadNotAccessible',
        message: 'the media was deleted while it was being processed',
      });
    }
  }
  return replaced;
}

interface NewResult {
  readonly task: TaskRow;
  readonly subtask: SubtaskRow;
  readonly media: MediaRow;
  readonly made: MadeWork;
  readonly lead: number;
}

/** Writes the rows of a result: its main file, then those that belong to it. Of each definition there is one result, the last. */
async function recordResult(
  tx: VodDb,
  result: NewResult,
): Promise<{ artifactId: number; replacedKeys: string[] }> {
  const { media, made, subtask } = result;
  const [main, ...parts] = toRows(result);
  if (!main) throw new Error(`the result of ${subtask.kind} ${subtask.definition} has no file`);
  const replacedKeys = await forgetResult(tx, main);
  const details = {
    details: JSON.stringify(made.details),
    meta_data: made.info ? JSON.stringify(toMetaData(made.info, main.md5)) : null,
  };
  const row = await tx
    .insertInto('vod.artifact')
    .values({ ...main, ...details })
    .onConflict((conflict) =>
      conflict
        .columns(['folder', 'name'])
        .doUpdateSet({ ...main, ...details, main_id: null, created_at: sql`now()` }),
    )
    .returning('artifact_id')
    .executeTakeFirstOrThrow();
  for (let start = 0; start < parts.length; start += ROWS_AT_ONCE) {
    const rows = parts
      .slice(start, start + ROWS_AT_ONCE)
      .map((part) => ({ ...part, main_id: row.artifact_id }));
    await tx.insertInto('vod.artifact').values(rows).execute();
  }
  if (made.contentKey) {
    const { keyId, key } = made.contentKey;
    await tx.insertInto('vod.drm_key').values({ key_id: keyId, file_id: media.file_id, key }).execute();
  }
  return { artifactId: row.artifact_id, replacedKeys };
}

/** PostgreSQL takes 65 535 parameters in one statement. */
const ROWS_AT_ONCE = 500;

type FileRow = Pick<
  ArtifactRow,
  'file_id' | 'kind' | 'definition' | 'folder' | 'name' | 'blob_key' | 'content_type' | 'size_bytes' | 'md5'
>;

function toRows({ task, subtask, media, made, lead }: NewResult): FileRow[] {
  return made.files.map((file, index) => ({
    file_id: media.file_id,
    kind: subtask.kind === 'CoverBySnapshot' ? 'Cover' : subtask.kind,
    definition: subtask.definition,
    folder: media.derived_folder,
    name: file.fileName,
    blob_key: toBlobKey(task, lead, index),
    content_type: contentTypeOf(file.fileName),
    size_bytes: file.sizeBytes,
    md5: file.md5,
  }));
}

/** Takes away what an earlier result of this definition has; its main row stays, to be written anew, when it has the same name. */
async function forgetResult(tx: VodDb, main: FileRow): Promise<string[]> {
  const earlier = await tx
    .selectFrom('vod.artifact')
    .select(['artifact_id', 'name', 'blob_key'])
    .where('file_id', '=', main.file_id)
    .where('kind', '=', main.kind)
    .where('definition', '=', main.definition)
    .execute();
  const kept = new Set(
    earlier.filter(({ name }) => name === main.name).map(({ artifact_id }) => artifact_id),
  );
  const gone = earlier.map(({ artifact_id }) => artifact_id).filter((id) => !kept.has(id));
  if (gone.length > 0) await tx.deleteFrom('vod.artifact').where('artifact_id', 'in', gone).execute();
  return earlier.map(({ blob_key }) => blob_key);
}

async function closeSubtask(
  tx: VodDb,
  { task_id, position }: SubtaskRow,
  end: { artifactId: number | null; errCodeExt?: ErrCodeExt; message?: string },
): Promise<void> {
  await tx
    .updateTable('vod.subtask')
    .set({
      status: end.errCodeExt ? 'FAIL' : 'SUCCESS',
      ...(end.errCodeExt ? {} : { progress: 100 }),
      err_code_ext: end.errCodeExt ?? '',
      message: end.message ?? 'SUCCESS',
      artifact_id: end.artifactId,
      finish_at: sql`now()`,
    })
    .where('task_id', '=', task_id)
    .where('position', '=', position)
    .where('status', 'in', ['WAITING', 'PROCESSING'])
    .execute();
}
