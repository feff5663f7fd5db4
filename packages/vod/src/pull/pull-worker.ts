import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Job, notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { randomHex } from '../ids.ts';
import { findFileType, findFileTypeByContent, type FileType } from '../media/file-types.ts';
import type { NewFile } from '../media/insert-files.ts';
import { isStorageRegion, newMediaLocation, DEFAULT_STORAGE_REGION } from '../media/locations.ts';
import { type Download, DownloadError } from '../net/download.ts';
import { takeOver } from '../tasks/task-attempt.ts';
import { inspectMedia } from '../upload/inspect-media.ts';
import type { NewMedia } from '../upload/insert-media.ts';
import { type FetchedFile, fetchFile, type FetchOptions } from './fetch-file.ts';
import { joinPlaylist } from './join-playlist.ts';
import { PullError } from './pull-error.ts';
import { type PullRun, settlePull } from './settle-pull.ts';

/** How often a pull that gets no further is tried again. */
export const PULL_RETRIES = 3;
/** From the beginning of an attempt. */
const TOTAL_TIMEOUT_MS = 12 * 3600 * 1000;
const RESUME_DELAY_MS = 500;
const PROGRESS_INTERVAL_MS = 1000;
const MAX_COVER_BYTES = 10 * 1024 ** 2;

/** Fetches one file to its end: the media is made, or the pull fails with a reason; PullComplete tells. */
export async function runPull(context: VodContext, job: Job): Promise<void> {
  const run = await beginPull(context, String(job.data['taskId']));
  if (!run) return;
  const signal = AbortSignal.any([job.signal, AbortSignal.timeout(TOTAL_TIMEOUT_MS)]);
  try {
    await pull(context, run, signal);
  } catch (error) {
    job.signal.throwIfAborted();
    const failure = toFinalFailure(error);
    if (!failure) throw error;
    await settlePull(context, run, failure);
    await forgetFiles(context, run);
  }
}

function toFinalFailure(error: unknown): PullError | undefined {
  if (error instanceof PullError) return error;
  if (error instanceof DownloadError && error.isFinal) return new PullError(40000, error.message);
  return undefined;
}

/** The queue gave a pull up: it fails with what was seen last. */
export async function failPull(context: VodContext, taskId: string, error: unknown): Promise<void> {
  const run = await beginPull(context, taskId);
  if (!run) return;
  const message = error instanceof Error ? error.message : String(error);
  await settlePull(context, run, { errCode: 70000, message: `given up: ${message}` });
  await forgetFiles(context, run);
}

async function beginPull(context: VodContext, taskId: string): Promise<PullRun | undefined> {
  const task = await takeOver(context.db, taskId, context.workerId);
  if (!task) return undefined;
  const row = await context.db
    .selectFrom('vod.pull')
    .selectAll()
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  return { task, pull: row };
}

async function pull(context: VodContext, run: PullRun, signal: AbortSignal): Promise<void> {
  const { file_id: fileId, request } = run.pull;
  const region = isStorageRegion(request.region) ? request.region : DEFAULT_STORAGE_REGION;
  const { sourceFolder } = newMediaLocation(run.task.sub_app_id, fileId, region);
  // The cover first: should it fail for the moment, no large file has to be fetched again.
  const coverFile = await fetchCover(context, run, signal);
  const fetched = await fetchSource(context, run, signal);
  const source = await keep(context, run, fetched.file, {
    kind: 'Source',
    folder: sourceFolder,
    name: `f0.${fetched.type.extension}`,
    path: fetched.path,
  });
  const inspection = await inspectMedia(context, source.blobKey, source.md5);
  if (inspection.failure !== null && fetched.type.category !== 'Image') {
    await context.blobs.delete(source.blobKey);
    throw new PullError(60000, `the source is no playable ${fetched.type.extension}: ${inspection.failure}`);
  }
  const cover =
    coverFile && (await keep(context, run, coverFile.file, { ...coverFile, folder: sourceFolder }));
  const media: NewMedia = {
    fileId,
    subAppId: run.task.sub_app_id,
    name: request.mediaName,
    type: fetched.type.extension,
    region,
    sourceFolder,
    sourceType: 'Upload',
    parameters: request.parameters,
    inspection,
    files: cover ? [source, cover] : [source],
  };
  if (await settlePull(context, run, media)) return await forgetEarlierAttempts(context, run);
  for (const file of media.files) await context.blobs.delete(file.blobKey);
}

interface FetchedSource {
  readonly file: FetchedFile;
  readonly path: string;
  readonly type: FileType;
}

async function fetchSource(context: VodContext, run: PullRun, signal: AbortSignal): Promise<FetchedSource> {
  const { request } = run.pull;
  const path = context.blobs.localPath(unfinishedKey(run));
  const progress = createProgress(context, run);
  let validator = run.pull.validator;
  let type = request.mediaType ? findFileType(request.mediaType) : undefined;
  let from = new URL(request.url);
  const options: FetchOptions = {
    ...downloadOptions(context, signal),
    path,
    maxBytes: context.pullLimits.maxBytes,
    onValidator: async (value) => {
      validator = value;
      await context.db
        .updateTable('vod.pull')
        .set({ validator: value })
        .where('task_id', '=', run.task.task_id)
        .execute();
    },
    onAnswer: (answer) => {
      from = answer.url;
      type ??= typeOf(answer);
    },
    onProgress: progress,
  };
  const file = await resume(path, signal, () => fetchFile(new URL(request.url), { ...options, validator }));
  if (!type)
    throw new PullError(40000, 'neither MediaType, nor the URL, nor the answer says what file it is');
  if (type.extension !== 'm3u8') return { file, path, type };
  return await joinPlaylist(context, { url: from, playlistPath: path, fileId: run.pull.file_id, signal });
}

/** Goes on at once as long as every interruption leaves more on disk than the one before. */
async function resume(
  path: string,
  signal: AbortSignal,
  fetchRest: () => Promise<FetchedFile>,
): Promise<FetchedFile> {
  for (let reached = 0; ;) {
    try {
      return await fetchRest();
    } catch (error) {
      const size = (await stat(path).catch(() => undefined))?.size ?? 0;
      if (!(error instanceof DownloadError) || error.isFinal || size <= reached) throw error;
      reached = size;
      await delay(RESUME_DELAY_MS, undefined, { signal });
    }
  }
}

function typeOf({ url, headers }: Pick<Download, 'url' | 'headers'>): FileType | undefined {
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return findFileTypeByContent(contentType) ?? findFileType(extensionOf(url));
}

function extensionOf(url: URL): string {
  return /\.([^./]+)$/.exec(url.pathname)?.[1] ?? '';
}

function downloadOptions(
  context: VodContext,
  signal: AbortSignal,
): Pick<FetchOptions, 'allowsPrivateAddress' | 'idleTimeoutMs' | 'signal'> {
  return {
    allowsPrivateAddress: context.allowsPrivateAddress,
    idleTimeoutMs: context.pullLimits.idleTimeoutMs,
    signal,
  };
}

async function fetchCover(
  context: VodContext,
  run: PullRun,
  signal: AbortSignal,
): Promise<{ file: FetchedFile; kind: 'Cover'; name: string; path: string } | undefined> {
  const { cover } = run.pull.request;
  if (!cover) return undefined;
  const path = context.blobs.localPath(`${unfinishedKey(run)}-cover`);
  const file = await fetchFile(new URL(cover.url), {
    ...downloadOptions(context, signal),
    path,
    maxBytes: MAX_COVER_BYTES,
  });
  return { file, kind: 'Cover', name: `cover${randomHex(8)}.${cover.type}`, path };
}

/** Gives a fetched file its place. The key is new with every attempt: none overwrites another's. */
async function keep(
  context: VodContext,
  { task, pull: { file_id: fileId } }: PullRun,
  { sizeBytes, md5 }: FetchedFile,
  file: Pick<NewFile, 'kind' | 'folder' | 'name'> & { path: string },
): Promise<NewFile> {
  const blobKey = `media/${fileId}/pull-${task.attempt}/${file.kind.toLowerCase()}`;
  await context.blobs.publishFile(blobKey, file.path);
  return { kind: file.kind, folder: file.folder, name: file.name, blobKey, sizeBytes, md5 };
}

/** On the blobs' own disk, so that the finished file takes its place by a rename; it survives a crash. */
function unfinishedKey({ pull: { file_id: fileId } }: PullRun): string {
  return `pulls/${fileId}`;
}

async function forgetFiles(context: VodContext, run: PullRun): Promise<void> {
  await context.blobs.delete(unfinishedKey(run));
  await context.blobs.delete(`${unfinishedKey(run)}-cover`);
  await forgetEarlierAttempts(context, { ...run, task: { ...run.task, attempt: run.task.attempt + 1 } });
}

/** What earlier attempts put in place but could not record: no row knows those keys, or the pull would be finished. */
async function forgetEarlierAttempts(context: VodContext, run: PullRun): Promise<void> {
  for (let attempt = 1; attempt < run.task.attempt; attempt++) {
    const folder = `media/${run.pull.file_id}/pull-${attempt}`;
    await context.blobs.delete(`${folder}/source`);
    await context.blobs.delete(`${folder}/cover`);
  }
}

/** At most one write a second, never two at once; 100 is for the finished media. */
function createProgress(
  context: VodContext,
  { task }: PullRun,
): (received: number, total: number | undefined) => void {
  let isWriting = false;
  let nextAt = 0;
  return (received, total) => {
    const now = performance.now();
    if (isWriting || now < nextAt || !total) return;
    isWriting = true;
    nextAt = now + PROGRESS_INTERVAL_MS;
    writeProgress(context, task.task_id, Math.min(99, Math.floor((received / total) * 100)))
      .catch((error: unknown) => context.logger.warn({ err: error }, 'cannot write a pull’s progress'))
      .finally(() => {
        isWriting = false;
      });
  };
}

async function writeProgress({ db }: VodContext, taskId: string, progress: number): Promise<void> {
  await db
    .updateTable('vod.pull')
    .set({ progress })
    .where('task_id', '=', taskId)
    .where('progress', '<', 100)
    .execute();
  await notifyLive(db, { kind: 'task', id: taskId });
}
