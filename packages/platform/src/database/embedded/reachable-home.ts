import { chmod, chown, cp, lchown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { StartupError, systemErrorCode } from '../../errors.ts';
import type { PostgresBinaries } from './binaries.ts';
import { processesIn } from './postmaster.ts';

export interface Owner {
  uid: number;
  gid: number;
}

/** Creates a folder for another uid below a root that everyone may pass. */
export async function ownFolder(root: string, folder: string, owner: Owner): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
    await chmod(root, 0o755);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chown(folder, owner.uid, owner.gid);
  } catch (cause) {
    throw new StartupError(
      `PostgreSQL cannot run as root, and ${folder} cannot be made for another user: start as a normal user, or set VODSTACK_DATABASE_URL.`,
      { cause },
    );
  }
}

/** A copy of the binaries that every uid can reach; made once for each package version. */
export async function copyBinaries(binaries: PostgresBinaries, root: string): Promise<PostgresBinaries> {
  const { mtimeMs, size } = await stat(join(binaries.folder, 'bin', 'postgres'));
  const folder = join(root, `postgres-${Math.floor(mtimeMs).toString(36)}-${size.toString(36)}`);
  if (await exists(folder)) return { folder };
  const temporary = `${folder}.${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await cp(binaries.folder, temporary, { recursive: true, verbatimSymlinks: true });
  await openToAll(temporary);
  await rename(temporary, folder).catch((error: unknown) => ignoreExisting(error, temporary));
  return { folder };
}

async function ignoreExisting(error: unknown, temporary: string): Promise<void> {
  const code = systemErrorCode(error);
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  await rm(temporary, { recursive: true, force: true });
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

/** Moves a cluster to where another uid can reach it. Whatever moment this is cut off at, one whole cluster is left. */
export async function moveCluster(from: string, to: string, owner: Owner): Promise<void> {
  if (!(await exists(from)) || (await exists(to))) return;
  if (processesIn(from).length > 0) {
    throw new StartupError(
      `PostgreSQL still runs on ${from}, so it cannot be moved to ${to}: stop it and start again.`,
    );
  }
  await chownAll(from, owner);
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'EXDEV') throw error;
    await copyCluster(from, to, owner);
  }
}

async function copyCluster(from: string, to: string, owner: Owner): Promise<void> {
  const temporary = `${to}.init-move`;
  await rm(temporary, { recursive: true, force: true });
  await cp(from, temporary, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  await chownAll(temporary, owner);
  // There is no fsync for a whole tree in Node.
  await execa('sync');
  await rename(temporary, to);
  await rm(from, { recursive: true, force: true });
}

/** The folder itself last: as long as it is not owned, the work is not done. */
async function chownAll(folder: string, { uid, gid }: Owner): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid);
  }
  await chown(folder, uid, gid);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
