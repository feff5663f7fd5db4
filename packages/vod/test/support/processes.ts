import { readdir, readlink } from 'node:fs/promises';

/** The process ids that work in a folder (Linux). A zombie has no working folder any more, and does not count. */
export async function processesIn(folder: string): Promise<number[]> {
  const entries = await readdir('/proc');
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, i) => folders[i] === folder);
}
