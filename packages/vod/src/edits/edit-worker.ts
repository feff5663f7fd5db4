import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Job, notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { DEFAULT_STORAGE_REGION, newMediaLocation } from '../media/locations.ts';
import type { NewFile } from '../media/insert-files.ts';
import type { EditRequests } from '../tables.ts';
import { takeOver } from '../tasks/task-attempt.ts';
import { throttleWrites } from '../tasks/throttle-writes.ts';
import {
  type MadeWork,
  MediaError,
  planTimeline,
  runWork,
  toMetaData,
  withPriority,
} from '../transcode/index.ts';
import type { NewMedia } from '../upload/insert-media.ts';
import { planComposition } from './compose-timeline.ts';
import { createSourceFinder, type SourceOptions } from './edit-sources.ts';
import { isEditKind } from './edit-task.ts';
import { type Composition, planJoin } from './join-timeline.ts';
import { type EditOutcome, type EditRun, settleEdit } from './settle-edit.ts';

/** An edit is tried again when the machine, not the media, was at fault. */
export const EDIT_RETRIES = 2;
const PROGRESS_INTERVAL_MS = 1000;

/** Does one edit to its end: what was asked for is made, or it fails with a reason, and its event tells. */
export async function runEdit(context: VodContext, job: Job): Promise<void> {
  const run = await beginEdit(context, String(job.data['taskId']));
  if (!run) return;
  const scratchFolder = join(context.scratchFolder, randomUUID());
  await mkdir(scratchFolder, { recursive: true });
  try {
    const tools = withPriority(context.tools, run.task.priority);
    const outcome = await perform({ ...context, tools }, run, {
      subAppId: run.task.sub_app_id,
      scratchFolder,
      signal: job.signal,
    });
    if ('errCodeExt' in outcome && outcome.errCodeExt === 'InternalError' && job.attempt <= EDIT_RETRIES) {
      throw new Error(outcome.message);
    }
    const isOurs = await settleEdit(context, run, outcome);
    if (!isOurs && 'media' in outcome) await forgetFiles(context, outcome.media.files);
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** The queue gave an edit up: it fails with what was seen last. */
export async function failEdit(context: VodContext, taskId: string, error: unknown): Promise<void> {
  const run = await beginEdit(context, taskId);
  if (!run) return;
  const message = error instanceof Error ? error.message : String(error);
  await settleEdit(context, run, { errCodeExt: 'InternalError', message: `given up: ${message}` });
}

async function beginEdit(context: VodContext, taskId: string): Promise<EditRun | undefined> {
  const task = await takeOver(context.db, taskId, context.workerId);
  if (!task) return undefined;
  const { kind } = task;
  if (!isEditKind(kind)) throw new Error(`task ${taskId} of the kind ${kind} is no edit`);
  const edit = await context.db
    .selectFrom('vod.edit')
    .selectAll()
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  const run = { task: { ...task, kind }, edit };
  await forgetEarlierAttempts(context, run);
  return run;
}

async function perform(context: VodContext, run: EditRun, options: SourceOptions): Promise<EditOutcome> {
  try {
    if (run.task.kind === 'DescribeFileAttributesTask') {
      return { result: await readAttributes(context, run, options) };
    }
    const find = createSourceFinder(context, options);
    const composition =
      run.task.kind === 'EditMedia'
        ? await planJoin(run.edit.request as EditRequests['EditMedia'], find)
        : await planComposition(run.edit.request as EditRequests['ComposeMedia'], find);
    return { media: await makeMedia(context, run, composition, options) };
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const { errCodeExt, message } = error;
    context.logger.warn({ kind: run.task.kind, errCodeExt, reason: message }, 'an edit failed');
    return { errCodeExt, message };
  }
}

async function readAttributes(context: VodContext, run: EditRun, options: SourceOptions): Promise<object> {
  const source = await context.db
    .selectFrom('vod.artifact')
    .select('blob_key')
    .where('file_id', '=', run.edit.file_id)
    .where('kind', '=', 'Source')
    .executeTakeFirst();
  if (!source) {
    throw new MediaError('SourceFileError.DownloadNotAccessible', 'the source file has been deleted');
  }
  const [md5, sha1] = [createHash('md5'), createHash('sha1')];
  const file = createReadStream(context.blobs.localPath(source.blob_key), { signal: options.signal });
  for await (const part of file) {
    md5.update(part as Buffer);
    sha1.update(part as Buffer);
  }
  return { Md5: md5.digest('hex'), Sha1: sha1.digest('hex') };
}

async function makeMedia(
  context: VodContext,
  run: EditRun,
  { timeline, rule }: Composition,
  { scratchFolder, signal }: SourceOptions,
): Promise<NewMedia> {
  const { tools, logger, x264Preset } = context;
  const { encoders, canToneMap } = tools;
  if (!tools.hasStatsPeriod) {
    // Sounds are mixed by options of the same version.
    const message = `media are made of others with ffmpeg 4.4 or newer, this is ${tools.version}`;
    throw new MediaError('InvalidInput.ConfigurationUnsupported', message);
  }
  const work = planTimeline(timeline, rule, { encoders, canToneMap, x264Preset });
  const [first] = timeline.items;
  const made = await runWork(work, {
    sourcePath: first?.path ?? '',
    tools,
    logger,
    signal,
    scratchFolder: join(scratchFolder, 'made'),
    onProgress: throttleWrites((percent: number) => writeProgress(context, run.task.task_id, percent), {
      intervalMs: PROGRESS_INTERVAL_MS,
      logger,
    }),
  });
  return await publish(context, run, made, rule.Container);
}

async function publish(
  context: VodContext,
  run: EditRun,
  made: MadeWork,
  container: string,
): Promise<NewMedia> {
  const { sub_app_id: subAppId } = run.task;
  const { file_id: fileId } = run.edit;
  const { sourceFolder } = newMediaLocation(subAppId, fileId, DEFAULT_STORAGE_REGION);
  const files: NewFile[] = [];
  for (const [index, { fileName, path, sizeBytes, md5 }] of made.files.entries()) {
    const blobKey = toBlobKey(run, run.task.attempt, index);
    await context.blobs.publishFile(blobKey, path);
    const kind = index === 0 ? 'Source' : 'SourceSegment';
    files.push({ kind, folder: sourceFolder, name: fileName, blobKey, sizeBytes, md5 });
  }
  return {
    fileId,
    subAppId,
    ...namesOf(run),
    type: container === 'hls' ? 'm3u8' : container,
    region: DEFAULT_STORAGE_REGION,
    sourceFolder,
    sourceType: 'VideoProcessing',
    inspection: { metaData: made.info ? toMetaData(made.info, files[0]?.md5) : null, failure: null },
    files,
  };
}

/** What the request says of the media to be made. */
function namesOf({ task, edit }: EditRun): Pick<NewMedia, 'name' | 'parameters'> {
  const { request } = edit;
  const output =
    'Output' in request ? request.Output : 'OutputConfig' in request ? request.OutputConfig : null;
  const name = output && ('FileName' in output ? output.FileName : 'MediaName' in output && output.MediaName);
  return {
    name: name || `${task.kind}-${edit.file_id}`,
    parameters: {
      ...(output?.ClassId ? { classId: output.ClassId } : {}),
      ...(output?.ExpireTime ? { expireTime: output.ExpireTime } : {}),
      ...('ProcedureName' in request && request.ProcedureName ? { procedure: request.ProcedureName } : {}),
      ...(task.session_context ? { sessionContext: task.session_context } : {}),
    },
  };
}

function toBlobKey({ edit }: EditRun, attempt: number, index: number): string {
  return `media/${edit.file_id}/edit-${attempt}/${index}`;
}

/** What earlier attempts put in place but could not record: no row knows those keys, or the edit would be finished. */
async function forgetEarlierAttempts({ blobs }: VodContext, run: EditRun): Promise<void> {
  if (run.task.kind === 'DescribeFileAttributesTask') return;
  for (let attempt = 1; attempt < run.task.attempt; attempt++) {
    let count = 0;
    while ((await blobs.stat(toBlobKey(run, attempt, count))) !== null) count += 1;
    while (count > 0) await blobs.delete(toBlobKey(run, attempt, (count -= 1)));
  }
}

async function forgetFiles({ blobs }: VodContext, files: readonly NewFile[]): Promise<void> {
  for (const { blobKey } of files) await blobs.delete(blobKey);
}

/** 100 is for the finished media. */
async function writeProgress({ db }: VodContext, taskId: string, percent: number): Promise<void> {
  await db
    .updateTable('vod.edit')
    .set({ progress: Math.min(99, Math.floor(percent)) })
    .where('task_id', '=', taskId)
    .where('progress', '<', 100)
    .execute();
  await notifyLive(db, { kind: 'task', id: taskId });
}
