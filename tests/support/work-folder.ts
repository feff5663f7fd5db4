import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { findProcesses } from './processes.ts';

/** A folder of a test's own. */
export interface WorkFolder {
  readonly path: string;
  join(...names: string[]): string;
  /** Ends what still runs there, such as the database of a server that was killed, and removes everything. */
  remove(): Promise<void>;
}

export async function createWorkFolder(): Promise<WorkFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'vodstack-work-')));
  return {
    path,
    join: (...names) => join(path, ...names),
    async remove() {
      await eventually('everything in the folder has ended', () => {
        const found = findProcesses(path);
        for (const { pid } of found) kill(pid);
        return found.length === 0;
      });
      await rm(path, { recursive: true, force: true });
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
