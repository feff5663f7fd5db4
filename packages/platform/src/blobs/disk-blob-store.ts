import {
  createReadStream,
  createWriteStream,
  open as openFile,
  read as readFd,
  close as closeFd,
} from 'node:fs';
import { copyFile, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '../errors.ts';
import { assertBlobKey } from './blob-key.ts';
import type { BlobStore, ByteRange, WriteOptions, WrittenBlob } from './blob-store.ts';
import { ByteMeter } from './byte-meter.ts';
import { BlobNotFoundError, toBlobError } from './errors.ts';
import { createPartFiles, type PartFiles } from './part-files.ts';

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
      const file = createWriteStream(part, { flags: 'wx', flush: true });
      await pipeline(source, meter, file, options.signal ? { signal: options.signal } : {});
      options.signal?.throwIfAborted();
      await this.#publish(part, target);
      return { sizeBytes: meter.sizeBytes, md5: meter.md5() };
    } catch (error) {
      await rm(part, { force: true });
      throw toBlobError(error, this.#folder);
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
