import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError, systemErrorCode } from '../../errors.ts';
import { currentProcessIdentity, isIdentityAlive } from '../../process-identity.ts';

const POLL_MS = 50;
/** A lock is created and filled in two steps; an empty one older than this was left by a crash between them. */
const FILLED_AFTER_MS = 5_000;

/** Runs the action while no other process (or caller in this one) holds the lock; the lock of a dead process is taken over. */
export async function withFileLock<Result>(
  path: string,
  action: () => Promise<Result>,
  timeoutMs = 180_000,
): Promise<Result> {
  await acquire(path, Date.now() + timeoutMs);
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, deadline: number): Promise<void> {
  while (!(await tryAcquire(path))) {
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (await isStale(path, holder)) await breakLock(path, holder);
    else if (Date.now() > deadline)
      throw new StartupError(`${path} is held by process ${holder}, which still runs.`);
    else await delay(POLL_MS);
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, currentProcessIdentity(), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string, holder: string): Promise<boolean> {
  if (holder !== '') return !isIdentityAlive(holder);
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > FILLED_AFTER_MS;
}

/** Between reading and renaming, another process may have taken over and locked anew: its lock is put back. */
async function breakLock(path: string, staleHolder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== staleHolder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
