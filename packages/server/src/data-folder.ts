import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireFileLock, errorMessage, FileLockedError, StartupError } from '@vodstack/platform';

const LOCK_NAME = 'server.lock';

/**
 * Creates the data folder if it is absent, for its owner only, and holds it for this process: a second server would wipe the
 * first one's scratch space. The hold of a killed process does not count.
 * @returns what gives the folder free again
 * @throws StartupError when it cannot be written, or when another server uses it
 */
export async function openDataFolder(folder: string): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    return await acquireFileLock(join(folder, LOCK_NAME), 0);
  } catch (error) {
    if (error instanceof FileLockedError) throw alreadyUsed(folder, error);
    throw notWritable(folder, error);
  }
}

/** The same sentence wherever it is noticed first: here, or by what opens the log. */
export function notWritable(folder: string, cause: unknown): StartupError {
  return new StartupError(
    `The data folder ${folder} cannot be written (${errorMessage(cause)}): choose another one with --data or VODSTACK_DATA.`,
    { cause },
  );
}

function alreadyUsed(folder: string, cause: FileLockedError): StartupError {
  return new StartupError(
    `The data folder ${folder} is in use by another vodstack (process ${cause.pid}): stop that one, or choose another folder with --data or VODSTACK_DATA.`,
    { cause },
  );
}
