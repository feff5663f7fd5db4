import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Only what is in it: the folder itself may be a disk of its own, which cannot be removed. Made when absent. */
export async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
