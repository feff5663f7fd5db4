import { readdirSync, readFileSync, rmdirSync } from 'node:fs';

/** Empty when it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Empty when there is none. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether it is gone. A group with processes or groups in it cannot be removed. */
export function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The processes that are in a group itself. */
export function readPids(folder: string): number[] {
  // 0 is a process outside of our own namespace.
  return readText(`${folder}/cgroup.procs`).split('\n').map(Number).filter(Boolean);
}
