import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  open as openFile,
  read as readFd,
  close as closeFd,
} from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '../errors.ts';
import { assertBlobKey } from './blob-key.ts';
import type {
  BlobStore,
  ByteRange,
  ListedBlob,
  WriteAtOptions,
  WriteOptions,
  WrittenBlob,
} from './blob-store.ts';
import { ByteMeter } from './byte-meter.ts';
import { BlobNotFoundError, toBlobError } from './errors.ts';
import { createPartFiles, type PartFiles } from './part-files.ts';

/** What gathers while the disk is busy is written at once; a source that stalls holds none of it. */
const GATHERED_BYTES = 512 * 1024;
const HASHED_AT_ONCE = 1024 * 1024;

/** Blobs as files under one folder. A crash at any moment leaves the old blob, the new blob, or none: never a half. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #parts: PartFiles;

  /**
   * Creates the folder and sweeps the parts that dead processes left.
   * @param options.partsName whose parts these are: another machine's processes look dead from here, so each has a folder of its own
   */
  constructor({ folder, partsName }: { folder: string; partsName?: string }) {
    this.#folder = resolve(folder);
    this.#parts = createPartFiles(join(this.#folder, partsName ? `.parts-${partsName}` : '.parts'));
  }

  async write(key: string, source: Readable, options: WriteOptions = {}): Promise<WrittenBlob> {
    const target = this.localPath(key);
    const part = this.#parts.newPath();
    try {
      const meter = new ByteMeter(options);
      // `flush` is an fsync before the file is closed.
      const file = createWriteStream(part, { flags: 'wx', flush: true, highWaterMark: GATHERED_BYTES });
      await pipeline(source, meter, file, options.signal ? { signal: options.signal } : {});
      options.signal?.throwIfAborted();
      await this.#publish(part, target);
      return { sizeBytes: meter.sizeBytes, md5: meter.md5() };
    } catch (error) {
      await rm(part, { force: true });
      throw toBlobError(error, this.#folder);
    }
  }

  async writeAt(key: string, source: Readable, { offset, ...options }: WriteAtOptions): Promise<WrittenBlob> {
    try {
      // Closing it waits for the write that may be under way when the source breaks.
      await using handle = await this.#openBlob(key, 'r+');
      const meter = new ByteMeter(options);
      const sink = (chunks: AsyncIterable<Buffer>): Promise<void> => writeChunks(handle, chunks, offset);
      await pipeline(source, meter, sink, options.signal ? { signal: options.signal } : {});
      await handle.datasync();
      return { sizeBytes: meter.sizeBytes, md5: meter.md5() };
    } catch (error) {
      source.destroy();
      throw toBlobError(error, this.#folder);
    }
  }

  async resize(key: string, sizeBytes: number): Promise<void> {
    await using handle = await this.#openBlob(key, 'r+');
    await handle.truncate(sizeBytes);
    await handle.sync();
  }

  async md5(key: string): Promise<string> {
    await using handle = await this.#openBlob(key, 'r');
    const hash = createHash('md5');
    const buffer = Buffer.allocUnsafe(HASHED_AT_ONCE);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  }

  async *list(): AsyncGenerator<ListedBlob> {
    yield* this.#listFolder(this.#folder);
  }

  async *#listFolder(folder: string): AsyncGenerator<ListedBlob> {
    const entries = await opendir(folder).catch(ignoreAbsent);
    if (!entries) return;
    for await (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) yield* this.#listFolder(path);
      if (!entry.isFile()) continue;
      const found = await stat(path).catch(ignoreAbsent);
      if (!found) continue;
      // A file that is moved keeps the time of its last write.
      const placedAt = new Date(Math.max(found.mtimeMs, found.ctimeMs));
      yield { key: relative(this.#folder, path).split(sep).join('/'), placedAt };
    }
  }

  async #openBlob(key: string, flags: 'r' | 'r+'): Promise<FileHandle> {
    try {
      return await open(this.localPath(key), flags);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      throw new BlobNotFoundError(`No blob at ${key}`, { cause: error });
    }
  }

  async publishFile(key: string, path: string): Promise<void> {
    const target = this.localPath(key);
    try {
      await syncPath(path);
      await this.#publish(path, target);
    } catch (error) {
      if (systemErrorCode(error) !== 'EXDEV') throw toBlobError(error, this.#folder);
      await this.#publishCopy(path, target);
    }
  }

  read(key: string, range?: ByteRange): Readable {
    return createReadStream(this.localPath(key), {
      ...range,
      fs: { open: openBlob, read: readFd, close: closeFd },
    });
  }

  async stat(key: string): Promise<{ sizeBytes: number } | null> {
    const found = await stat(this.localPath(key)).catch(ignoreAbsent);
    return found?.isFile() ? { sizeBytes: found.size } : null;
  }

  async delete(key: string): Promise<void> {
    const target = this.localPath(key);
    await rm(target, { force: true });
    await this.#removeEmptyFolders(dirname(target));
  }

  localPath(key: string): string {
    assertBlobKey(key);
    return join(this.#folder, key);
  }

  async #publishCopy(path: string, target: string): Promise<void> {
    const part = this.#parts.newPath();
    try {
      await copyFile(path, part);
      await syncPath(part);
      await this.#publish(part, target);
      await rm(path);
    } catch (error) {
      await rm(part, { force: true });
      throw toBlobError(error, this.#folder);
    }
  }

  /** Renames, and makes the rename and every folder made for it durable. */
  async #publish(part: string, target: string): Promise<void> {
    const firstNew = await this.#moveInto(part, target);
    const last = firstNew === undefined ? dirname(target) : dirname(firstNew);
    for (let folder = dirname(target); ; folder = dirname(folder)) {
      await syncPath(folder);
      if (folder === last || folder === this.#folder) return;
    }
  }

  async #moveInto(part: string, target: string): Promise<string | undefined> {
    for (let attemptsLeft = 5; ; attemptsLeft -= 1) {
      const firstNew = await mkdir(dirname(target), { recursive: true });
      try {
        await rename(part, target);
        return firstNew;
      } catch (error) {
        // A delete in the same folder may have removed it as empty between the two calls.
        if (systemErrorCode(error) !== 'ENOENT' || attemptsLeft === 0 || !(await exists(part))) throw error;
      }
    }
  }

  async #removeEmptyFolders(start: string): Promise<void> {
    for (let folder = start; folder !== this.#folder; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch (error) {
        if (systemErrorCode(error) !== 'ENOENT') return;
      }
    }
  }
}

/** `open` as a read stream calls it, with an error that says what is missing. */
function openBlob(
  path: string,
  flags: string,
  mode: number,
  done: (error: Error | null, fd?: number) => void,
): void {
  openFile(path, flags, mode, (error, fd) => {
    if (error?.code === 'ENOENT') done(new BlobNotFoundError(`No blob at ${path}`, { cause: error }));
    else done(error, fd);
  });
}

async function writeChunks(handle: FileHandle, chunks: AsyncIterable<Buffer>, start: number): Promise<void> {
  let position = start;
  for await (const chunk of chunks) {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position);
      done += bytesWritten;
      position += bytesWritten;
    }
  }
}

async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(ignoreAbsent)) !== undefined;
}

function ignoreAbsent(error: unknown): undefined {
  const code = systemErrorCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  return undefined;
}
