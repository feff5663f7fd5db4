import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createCodeHash, type CodeFile } from './code-files.ts';

/** Code packages in folders named by the hash of what is in them: the same code is kept once. */
export interface CodeStore {
  prepare(): Promise<void>;
  /**
   * Writes and syncs the files, unless the same are there. They stay for as long as `release` has not been called: by
   * then a row should name them. Leaves nothing behind on failure.
   */
  write(files: readonly CodeFile[]): Promise<WrittenCode>;
  /** Keeps a folder from being removed until the answer is called. */
  hold(codeKey: string): () => void;
  has(codeKey: string): Promise<boolean>;
  folderOf(codeKey: string): string;
  /** Removes the folder, unless it is being deployed or still used. */
  removeUnused(codeKey: string, isUsed: (codeKey: string) => Promise<boolean>): Promise<void>;
  /** Removes the folders that no function uses and that are older than an hour (a deploy may be under way). */
  sweep(usedKeys: ReadonlySet<string>, now: Date): Promise<void>;
}

export interface WrittenCode {
  codeKey: string;
  sizeBytes: number;
  release: () => void;
}

const SWEEP_AGE_MS = 3_600_000;

export function createCodeStore(options: { folder: string }): CodeStore {
  const root = join(options.folder, 'code');
  const folderOf = (codeKey: string): string => join(root, assertCodeKey(codeKey));
  const remove = (codeKey: string): Promise<void> => rm(folderOf(codeKey), { recursive: true, force: true });
  const pins = new Map<string, number>();
  const exclusive = createExclusive();
  const hold = (codeKey: string): (() => void) => {
    pins.set(codeKey, (pins.get(codeKey) ?? 0) + 1);
    return () => unpin(pins, codeKey);
  };
  return {
    folderOf,
    hold,
    prepare: () => prepareRoot(root),
    has: (codeKey) => isReadable(folderOf(codeKey)),
    async write(files) {
      const draft = randomUUID();
      try {
        const { codeKey, sizeBytes } = await writeFiles(folderOf(draft), files);
        const release = await exclusive(async () => {
          if (!(await isReadable(folderOf(codeKey)))) await rename(folderOf(draft), folderOf(codeKey));
          return hold(codeKey);
        });
        await syncFolder(root);
        return { codeKey, sizeBytes, release };
      } finally {
        await remove(draft);
      }
    },
    removeUnused: (codeKey, isUsed) =>
      exclusive(async () => {
        if (codeKey !== '' && !pins.has(codeKey) && !(await isUsed(codeKey))) await remove(codeKey);
      }),
    async sweep(usedKeys, now) {
      const names = await readdir(root);
      const unused = names.filter((name) => isCodeKey(name) && !usedKeys.has(name));
      for (const name of unused) {
        const { mtimeMs } = await stat(folderOf(name));
        if (now.getTime() - mtimeMs > SWEEP_AGE_MS && !pins.has(name)) await remove(name);
      }
    },
  };
}

/** One after the other: whether a folder is used must not change between the question and the removal. */
function createExclusive(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

function unpin(pins: Map<string, number>, codeKey: string): void {
  const count = (pins.get(codeKey) ?? 1) - 1;
  if (count > 0) pins.set(codeKey, count);
  else pins.delete(codeKey);
}

async function prepareRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await chmod(root, 0o700);
  // Ends Node's search for the nearest package.json: a `"type": "module"` in a folder above would turn a function's
  // CommonJS files into ES modules.
  await writeFile(join(root, 'package.json'), '{}\n');
}

/** A SHA-256; a UUID while it is being written, and for what earlier releases deployed. */
const isCodeKey = (name: string): boolean =>
  /^(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/u.test(name);

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

async function writeFiles(
  folder: string,
  files: readonly CodeFile[],
): Promise<{ codeKey: string; sizeBytes: number }> {
  const folders = new Set<string>([folder]);
  const hash = createCodeHash();
  let sizeBytes = 0;
  // Readable to the users of sandboxes; the folder above lets nobody else through.
  await mkdir(folder, { mode: 0o755 });
  for (const file of files) {
    const bytes = await file.read();
    const target = join(folder, file.path);
    hash.add(file.path, bytes);
    sizeBytes += bytes.length;
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeSynced(target, bytes);
    for (let parent = dirname(target); !folders.has(parent); parent = dirname(parent)) folders.add(parent);
  }
  for (const each of folders) await syncFolder(each);
  return { codeKey: hash.toHex(), sizeBytes };
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
