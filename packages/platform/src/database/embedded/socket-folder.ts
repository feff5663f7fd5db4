import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '../../errors.ts';
import type { RunAs } from './run-as.ts';

/** The kernel's limit is 108 bytes with the closing zero on Linux and 104 on macOS. */
const MAX_SOCKET_PATH_BYTES = 100;
const SOCKET_NAME = '.s.PGSQL.5432';

/** A folder for the socket that only its owner may enter: in the home, or a short one where that path is too long. */
export async function prepareSocketFolder(runAs: RunAs): Promise<string> {
  const folder = socketFolderOf(runAs.home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (runAs.owner) await chown(folder, runAs.owner.uid, runAs.owner.gid);
  await assertPrivate(folder, runAs.owner?.uid ?? process.geteuid?.() ?? 0);
  await chmod(folder, 0o700);
  return folder;
}

/** Leaves nothing behind outside the home. */
export async function removeSocketFolder(home: string): Promise<void> {
  const folder = socketFolderOf(home);
  if (!folder.startsWith(home)) await rm(folder, { recursive: true, force: true });
}

function socketFolderOf(home: string): string {
  const inHome = join(home, 'socket');
  if (Buffer.byteLength(join(inHome, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) return inHome;
  return join(tmpdir(), `vodstack-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
}

/** In a folder for everyone, somebody else may have made this one first: who owns it reads every query. */
async function assertPrivate(folder: string, uid: number): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === uid) return;
  throw new StartupError(`${folder} belongs to somebody else: remove it and start again.`);
}
