import { readdir, readFile } from 'node:fs/promises';

/** How many processes of the program `sleep` on this machine have the mark in their command line. */
export async function countMarked(mark: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.startsWith('sleep') && line.includes(mark)).length;
}
