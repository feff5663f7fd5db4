import type { ErrCodeExt } from '@vodstack/protocol';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { findFileType } from '../media/file-types.ts';
import type { MediaRow, SubtaskRow, TaskRow, VodDb } from '../tables.ts';
import { toMetaData, type TranscodedFile } from '../transcode/index.ts';
import { finishTask } from './finish-task.ts';

/** One attempt at a task, with the sub-tasks that it found unsettled. */
export interface Run {
  readonly task: TaskRow;
  readonly subtasks: readonly SubtaskRow[];
}

export type Outcome =
  | { ok: true; file: TranscodedFile }
  | { ok: false; errCodeExt: ErrCodeExt; message: string };

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
): Promise<void> {
  await publishFiles(context, run, outcomes);
  let replaced: string[] = [];
  try {
    replaced = await context.db.transaction().execute(async (tx) => {
      const media = await lockTaskAndMedia(tx, run.task);
      const keys = await settleOutcomes(tx, run, outcomes, media);
      await finishTask(context, tx, run.task);
      return keys;
    });
  } catch (error) {
    if (!(error instanceof SupersededError)) throw error;
    context.logger.warn({ taskId: run.task.task_id }, 'another worker has taken this task over');
    // That worker has looked for what earlier attempts left; these files came after.
    replaced = [...outcomes.keys()].map((definition) => toBlobKey(run.task, definition));
  }
  await Promise.allSettled(replaced.map((key) => context.blobs.delete(key)));
}

/** Removes what earlier attempts published but could not record: no row knows those keys, or the task would be finished. */
export async function forgetEarlierAttempts(context: VodContext, { task, subtasks }: Run): Promise<void> {
  for (let attempt = 1; attempt < task.attempt; attempt++) {
    for (const { definition } of subtasks) {
      await context.blobs.delete(toBlobKey({ ...task, attempt }, definition));
    }
  }
}

function toBlobKey(task: Pick<TaskRow, 'task_id' | 'file_id' | 'attempt'>, definition: number): string {
  return `media/${task.file_id}/${task.task_id}-${task.attempt}/${definition}`;
}

async function publishFiles(
  { blobs }: VodContext,
  { task }: Run,
  outcomes: ReadonlyMap<number, Outcome>,
): Promise<void> {
  for (const [definition, outcome] of outcomes) {
    if (outcome.ok) await blobs.publishFile(toBlobKey(task, definition), outcome.file.path);
  }
}

async function lockTaskAndMedia(tx: VodDb, task: TaskRow): Promise<MediaRow | undefined> {
  const current = await tx
    .selectFrom('vod.task')
    .select('attempt')
    .where('task_id', '=', task.task_id)
    .where('status', '<>', 'FINISH')
    .forUpdate()
    .executeTakeFirst();
  if (current?.attempt !== task.attempt) throw new SupersededError();
  return await tx
    .selectFrom('vod.media')
    .selectAll()
    .where('file_id', '=', task.file_id)
    .forUpdate()
    .executeTakeFirst();
}

/** Records every definition's outcome; returns the keys of the files that were replaced by new ones. */
async function settleOutcomes(
  tx: VodDb,
  { task }: Run,
  outcomes: ReadonlyMap<number, Outcome>,
  media: MediaRow | undefined,
): Promise<string[]> {
  const replaced: string[] = [];
  for (const [definition, outcome] of outcomes) {
    if (!outcome.ok) {
      await closeSubtasks(tx, task, definition, { ...outcome, artifactId: null });
    } else if (media) {
      const rendition = await recordRendition(tx, task, media, outcome.file);
      if (rendition.replacedKey) replaced.push(rendition.replacedKey);
      await closeSubtasks(tx, task, definition, { artifactId: rendition.artifactId });
    } else {
      replaced.push(toBlobKey(task, definition));
      await closeSubtasks(tx, task, definition, {
        artifactId: null,
        errCodeExt: 'SourceFileError.DownloadNotAccessible',
        message: 'the media was deleted while it was being processed',
      });
    }
  }
  return replaced;
}

async function recordRendition(
  tx: VodDb,
  task: TaskRow,
  media: MediaRow,
  file: TranscodedFile,
): Promise<{ artifactId: number; replacedKey: string | undefined }> {
  const place = { folder: media.derived_folder, name: file.fileName };
  const earlier = await tx
    .selectFrom('vod.artifact')
    .select('blob_key')
    .where('folder', '=', place.folder)
    .where('name', '=', place.name)
    .executeTakeFirst();
  const extension = file.fileName.slice(file.fileName.lastIndexOf('.') + 1);
  const content = {
    blob_key: toBlobKey(task, file.definition),
    content_type: findFileType(extension)?.contentType ?? 'application/octet-stream',
    size_bytes: file.sizeBytes,
    md5: file.md5,
    meta_data: JSON.stringify(toMetaData(file.info, file.md5)),
  };
  const row = await tx
    .insertInto('vod.artifact')
    .values({ ...place, ...content, file_id: media.file_id, kind: 'Transcode', definition: file.definition })
    .onConflict((conflict) =>
      conflict.columns(['folder', 'name']).doUpdateSet({ ...content, created_at: sql`now()` }),
    )
    .returning('artifact_id')
    .executeTakeFirstOrThrow();
  return { artifactId: row.artifact_id, replacedKey: earlier?.blob_key };
}

async function closeSubtasks(
  tx: VodDb,
  task: TaskRow,
  definition: number,
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
    .where('task_id', '=', task.task_id)
    .where('definition', '=', definition)
    .where('status', 'in', ['WAITING', 'PROCESSING'])
    .execute();
}
