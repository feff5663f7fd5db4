import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { currentProcessIdentity, isIdentityAlive } from '../process-identity.ts';

const PART_NAME = /^(\d+-[0-9a-z]+)-/;
/** A live process may have lost track of a part; no upload goes this long without a byte. */
const STALE_AFTER_MS = 24 * 3_600_000;

/** The unfinished files of a store, in a folder of their own so that one sweep finds all that a crash left. */
export interface PartFiles {
  /** A path for a new part. */
  newPath(): string;
}

/** Creates the folder and removes the parts of processes that are gone. */
export function createPartFiles(folder: string): PartFiles {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (isStale(folder, name)) rmSync(join(folder, name), { force: true, recursive: true });
  }
  const owner = currentProcessIdentity();
  return { newPath: () => join(folder, `${owner}-${randomUUID()}`) };
}

function isStale(folder: string, name: string): boolean {
  const owner = PART_NAME.exec(name)?.[1];
  if (owner === undefined || !isIdentityAlive(owner)) return true;
  const modifiedAtMs = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - modifiedAtMs > STALE_AFTER_MS;
}
