import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { encode, type EncodeOptions } from '../encode.ts';
import { digestFile } from '../file-digest.ts';
import { MediaError } from '../media-error.ts';
import { probeMedia } from '../probe-media.ts';
import type { SourceInfo } from '../source-info.ts';
import type { ContentKey, MadeFolder, Work, WorkDetails } from './work.ts';

export interface MadeFile {
  /** Relative to the media's folder. */
  readonly fileName: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly md5: string;
}

export interface MadeWork {
  /** The one with the main address first. */
  readonly files: readonly MadeFile[];
  readonly details: WorkDetails;
  readonly info?: SourceInfo | undefined;
  readonly contentKey?: ContentKey | undefined;
}

export type WorkOptions = Omit<EncodeOptions, 'onPercent'> & {
  readonly onProgress: (percent: number) => void;
};

/**
 * Does a work in a folder of its own, which is made here.
 * @throws MediaError when it cannot be done; the signal's reason when aborted
 */
export async function runWork(work: Work, options: WorkOptions): Promise<MadeWork> {
  const { scratchFolder, signal } = options;
  await mkdir(scratchFolder, { recursive: true });
  for (const [name, content] of Object.entries(work.inputs ?? {})) {
    await writeFile(join(scratchFolder, name), content, { mode: 0o600 });
  }
  for (const [name, path] of Object.entries(work.links ?? {})) {
    await symlink(resolve(path), join(scratchFolder, name));
  }
  let trouble: MediaError | null = null;
  for (const [index, run] of work.runs.entries()) {
    signal.throwIfAborted();
    const onPercent = (percent: number): void =>
      options.onProgress(Math.min(99, (100 * index + Math.min(100, percent)) / work.runs.length));
    const encoding = await encode(run, { ...options, onPercent });
    signal.throwIfAborted();
    if (!encoding.isFinished) throw encoding.failure;
    trouble ??= encoding.trouble;
  }
  try {
    return await collect(work, options);
  } catch (error) {
    signal.throwIfAborted();
    if (trouble) throw trouble;
    throw error instanceof MediaError
      ? error
      : new MediaError('InternalError', 'the result cannot be read', { cause: error });
  }
}

async function collect(work: Work, options: WorkOptions): Promise<MadeWork> {
  const { scratchFolder: path, signal, tools } = options;
  const names = (await readdir(path)).filter(
    (name) => !Object.hasOwn({ ...work.inputs, ...work.links }, name),
  );
  const made: MadeFolder = {
    path,
    names: names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    probe: (name) => probeResult(join(path, name), options),
    readText: (name) => readFile(join(path, name), 'utf8'),
    writeText: (name, text) => writeFile(join(path, name), text),
    sizeOf: async (name) => (await stat(join(path, name))).size,
  };
  const { fileNames, details, info } = await work.collect(made);
  const files: MadeFile[] = [];
  for (const fileName of fileNames) {
    const file = join(path, fileName);
    const { size: sizeBytes } = await stat(file);
    files.push({ fileName, path: file, sizeBytes, md5: await digestFile(file, signal) });
  }
  options.logger.debug({ files: files.length, version: tools.version }, 'a work is done');
  return { files, details, info, contentKey: work.contentKey };
}

/** What a probe says of a result must not be told as if it were about the source. */
async function probeResult(path: string, { tools, signal }: WorkOptions): Promise<SourceInfo> {
  try {
    return await probeMedia(path, { tools, signal });
  } catch (cause) {
    if (!(cause instanceof MediaError) || cause.errCodeExt === 'InternalError') throw cause;
    throw new MediaError('SourceFileError.ContentMalformed', 'nothing in the source could be decoded', {
      cause,
    });
  }
}
