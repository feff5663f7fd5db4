import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { acquireFileLock, FileLockedError } from '@vodstack/platform';
import { notWritable } from './data-folder.ts';

export interface WorkerFolder {
  /** The machine's name and a number: one for each worker on it. */
  readonly name: string;
  readonly path: string;
  release(): Promise<void>;
}

const MAX_WORKERS = 100;

/**
 * A folder in the data folder that this worker alone uses: the first one of this machine that no living process holds, so that
 * what a killed worker left is found and removed by the next one.
 * @throws StartupError when the data folder cannot be written
 */
export async function openWorkerFolder(dataFolder: string): Promise<WorkerFolder> {
  // Machines may share the data folder, and a lock only tells which processes of its own machine live.
  const machine = hostname().replaceAll(/[^\w.-]/g, '_') || 'worker';
  for (let number = 1; number <= MAX_WORKERS; number += 1) {
    const name = `${machine}-${number}`;
    const path = join(dataFolder, 'workers', name);
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return { name, path, release: await acquireFileLock(join(path, 'worker.lock'), 0) };
    } catch (error) {
      if (!(error instanceof FileLockedError)) throw notWritable(dataFolder, error);
    }
  }
  throw notWritable(dataFolder, new Error(`${MAX_WORKERS} workers of this machine use it already`));
}
