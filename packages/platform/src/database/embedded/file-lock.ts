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
  const release = await acquireFileLock(path, timeoutMs);
  try {
    return await action();
  } finally {
    await release();
  }
}

/**
 * Takes the lock and gives what releases it. A lock whose process died does not count.
 * @throws FileLockedError when a living process holds it for longer than `timeoutMs`
 */
export async function acquireFileLock(path: string, timeoutMs: number): Promise<() => Promise<void>> {
  const deadline = Date.now() + timeoutMs;
  while (!(await tryAcquire(path))) {
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (await isStale(path, holder)) await breakLock(path, holder);
    else if (holder !== '' && Date.now() >= deadline)
      throw new FileLockedError(path, Number.parseInt(holder, 10));
    else await delay(POLL_MS);
  }
  return () => rm(path, { force: true });
}

/** Another living process holds the lock. */
export class FileLockedError extends StartupError {
  override readonly name: string = 'FileLockedError';
  readonly pid: number;

  constructor(path: string, pid: number) {
    super(`${path} is held by process ${pid}, which still runs.`);
    this.pid = pid;
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
