import { linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** With more files, linking them takes as long as starting a process. */
const MAX_FILES = 256;

interface Listing {
  folders: string[];
  files: string[];
}

/**
 * Puts a code package into the empty folder that a process was started on, as hard links: inside its sandbox, the
 * process sees them appear.
 *
 * @returns false, and does nothing, when the package has too many files
 */
export function fillSlot(slot: string, codeFolder: string): boolean {
  const listing: Listing = { folders: [], files: [] };
  if (!list(codeFolder, '', listing)) return false;
  for (const folder of listing.folders) mkdirSync(join(slot, folder), { mode: 0o755 });
  for (const file of listing.files) linkSync(join(codeFolder, file), join(slot, file));
  return true;
}

function list(root: string, path: string, listing: Listing): boolean {
  for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
    const name = join(path, entry.name);
    (entry.isDirectory() ? listing.folders : listing.files).push(name);
    if (listing.folders.length + listing.files.length > MAX_FILES) return false;
    if (entry.isDirectory() && !list(root, name, listing)) return false;
  }
  return true;
}
