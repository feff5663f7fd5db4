import { join } from 'node:path';
import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import { DownloadError } from '../net/download.ts';
import { fetchFile } from '../pull/fetch-file.ts';
import { PullError } from '../pull/pull-error.ts';
import { MediaError, probeMedia, type SourceInfo } from '../transcode/index.ts';

/** A file that is a part of what is made. */
export interface EditSource {
  readonly path: string;
  /** Null for a picture that stands still. */
  readonly info: SourceInfo | null;
}

export interface SourceOptions {
  readonly subAppId: number;
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
}

const MAX_FETCHED_BYTES = 10 * 1024 ** 3;

/**
 * The files of media by their ids, and of other servers by their URLs; each is found, fetched and looked at once.
 * @throws MediaError when one is not to be had
 */
export function createSourceFinder(
  context: VodContext,
  options: SourceOptions,
): (name: string) => Promise<EditSource> {
  const known = new Map<string, Promise<EditSource>>();
  return (name) => {
    const found = known.get(name) ?? find(context, name, { ...options, index: known.size });
    known.set(name, found);
    return found;
  };
}

async function find(
  context: VodContext,
  name: string,
  options: SourceOptions & { index: number },
): Promise<EditSource> {
  if (!/^https?:\/\//i.test(name)) return await findStored(context, name, options);
  const path = join(options.scratchFolder, `fetched-${options.index}`);
  await fetchTo(context, name, path, options.signal);
  return await look(context, path, options.signal);
}

async function findStored(
  context: VodContext,
  fileId: string,
  { subAppId, signal }: SourceOptions,
): Promise<EditSource> {
  const found = (await findMedia(context.db, subAppId, [fileId])).get(fileId);
  const source = found && findSource(found);
  if (!source) {
    throw failed(`the media ${fileId} has been deleted`);
  }
  const path = context.blobs.localPath(source.blob_key);
  return found.media.category === 'Image' ? { path, info: null } : await look(context, path, signal);
}

async function look({ tools }: VodContext, path: string, signal: AbortSignal): Promise<EditSource> {
  try {
    return { path, info: await probeMedia(path, { tools, signal }) };
  } catch (error) {
    const isPicture = error instanceof MediaError && /: it is a (PNG|JPEG) image$/.test(error.message);
    if (isPicture) return { path, info: null };
    throw error;
  }
}

function failed(message: string): MediaError {
  return new MediaError('SourceFileError.DownloadNotAccessible', message);
}

async function fetchTo(context: VodContext, url: string, path: string, signal: AbortSignal): Promise<void> {
  if (!URL.canParse(url)) throw failed('the URL of a source cannot be read');
  try {
    await fetchFile(new URL(url), {
      path,
      signal,
      maxBytes: Math.min(MAX_FETCHED_BYTES, context.pullLimits.maxBytes),
      allowsPrivateAddress: context.allowsPrivateAddress,
      idleTimeoutMs: context.pullLimits.idleTimeoutMs,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PullError) throw failed(error.message);
    if (error instanceof DownloadError && error.isFinal) throw failed(error.message);
    throw error;
  }
}
