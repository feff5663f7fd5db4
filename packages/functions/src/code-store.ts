import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeFile } from './code-files.ts';

/** The code of each deployed version in a folder of its own, named by us. */
export interface CodeStore {
  prepare(): Promise<void>;
  /** Writes and syncs a new version folder and answers its key. Leaves nothing behind on failure. */
  write(files: readonly CodeFile[]): Promise<string>;
  has(codeKey: string): Promise<boolean>;
  folderOf(codeKey: string): string;
  remove(codeKey: string): Promise<void>;
  /** Removes the folders that no function uses and that are older than an hour (a deploy may be under way). */
  sweep(usedKeys: ReadonlySet<string>, now: Date): Promise<void>;
}

const SWEEP_AGE_MS = 3_600_000;

export function createCodeStore(options: { folder: string }): CodeStore {
  const root = join(options.folder, 'code');
  const folderOf = (codeKey: string): string => join(root, assertCodeKey(codeKey));
  const remove = (codeKey: string): Promise<void> => rm(folderOf(codeKey), { recursive: true, force: true });
  return {
    folderOf,
    remove,
    prepare: () => prepareRoot(root),
    has: (codeKey) => isReadable(folderOf(codeKey)),
    async write(files) {
      const codeKey = randomUUID();
      try {
        await writeFiles(folderOf(codeKey), files);
        await syncFolder(root);
      } catch (error) {
        await remove(codeKey);
        throw error;
      }
      return codeKey;
    },
    async sweep(usedKeys, now) {
      const names = await readdir(root);
      const unused = names.filter((name) => isCodeKey(name) && !usedKeys.has(name));
      for (const name of unused) {
        const { mtimeMs } = await stat(folderOf(name));
        if (now.getTime() - mtimeMs > SWEEP_AGE_MS) await remove(name);
      }
    },
  };
}

async function prepareRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await chmod(root, 0o700);
  // Ends Node's search for the nearest package.json: a `"type": "module"` in a folder above would turn a function's
  // CommonJS files into ES modules.
  await writeFile(join(root, 'package.json'), '{}\n');
}

const isCodeKey = (name: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(name);

function assertCodeKey(codeKey: string): string {
  if (!isCodeKey(codeKey)) throw new Error(`not a code key: ${JSON.stringify(codeKey)}`);
  return codeKey;
}

async function isReadable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function writeFiles(folder: string, files: readonly CodeFile[]): Promise<void> {
  const folders = new Set<string>([folder]);
  // Readable to the users of sandboxes; the folder above lets nobody else through.
  await mkdir(folder, { mode: 0o755 });
  for (const { path, bytes } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeSynced(target, bytes);
    for (let parent = dirname(target); !folders.has(parent); parent = dirname(parent)) folders.add(parent);
  }
  for (const each of folders) await syncFolder(each);
}

/** Executable, because packages bring programs along and carry no modes here; not writable, as in the cloud. */
async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'wx', 0o555);
  await file.writeFile(bytes);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
