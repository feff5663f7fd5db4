import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  readonly folder: string;
  /** A new empty folder inside. */
  subfolder(): Promise<string>;
  remove(): Promise<void>;
}

/** A temporary folder of the test's own. */
export async function createScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-test-'));
  let count = 0;
  return {
    folder,
    subfolder: async () => {
      const path = join(folder, `run-${(count += 1)}`);
      await mkdir(path);
      return path;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
