import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { assert, property, string, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertBlobKey } from '../../src/blobs/blob-key.ts';
import { toBlobError } from '../../src/blobs/errors.ts';
import { currentProcessIdentity } from '../../src/process-identity.ts';
import { DiskBlobStore, DiskFullError } from '../../src/index.ts';
import { describeBlobStore } from '../support/blob-store-contract.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describeBlobStore('DiskBlobStore', async () => {
  const folder = await createTemporaryFolder();
  return {
    store: new DiskBlobStore({ folder: folder.path }),
    countUnfinished: async () => (await readdir(join(folder.path, '.parts'))).length,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

const writeMuch = join(import.meta.dirname, '../fixtures/write-much.ts');
const MEGABYTE = 1_048_576;

describe('DiskBlobStore', () => {
  it('sweeps the parts of dead processes and abandoned ones, and leaves those of the living', async () => {
    await using folder = await createTemporaryFolder();
    const parts = join(folder.path, '.parts');
    await mkdir(parts);
    const own = currentProcessIdentity();
    for (const name of ['999999999-0-a', 'whatever', `${process.pid}-1-b`, `${own}-c`, `${own}-old`]) {
      await writeFile(join(parts, name), 'x');
    }
    await utimes(join(parts, `${own}-old`), 1, 1);
    expect(new DiskBlobStore({ folder: folder.path })).toBeDefined();
    expect(await readdir(parts)).toEqual([`${own}-c`]);
  });

  it('leaves no empty folders behind a deleted blob', async () => {
    await using folder = await createTemporaryFolder();
    const store = new DiskBlobStore({ folder: folder.path });
    await store.write('a/b/c', Readable.from([]));
    await store.write('a/d', Readable.from([]));
    await store.delete('a/b/c');
    expect(await readdir(join(folder.path, 'a'))).toEqual(['d']);
    await store.delete('a/d');
    expect(await readdir(folder.path)).toEqual(['.parts']);
  });

  it('does not grow with the size of a blob', async () => {
    await using folder = await createTemporaryFolder();
    const args = ['--expose-gc', writeMuch, folder.path, String(256 * MEGABYTE)];
    const { stdout } = await execa(process.execPath, args);
    expect(Number(stdout)).toBeGreaterThanOrEqual(0);
    expect(Number(stdout)).toBeLessThan(32 * MEGABYTE);
  });

  it('tells a full disk from other errors', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    expect(toBlobError(full, '/blobs')).toBeInstanceOf(DiskFullError);
    const other = new Error('other');
    expect(toBlobError(other, '/blobs')).toBe(other);
    await using folder = await createTemporaryFolder();
    // A file system of 4 MB in a mount namespace; where those are forbidden the disk stays large and the write succeeds.
    const mount = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1" 8000000';
    const inside = ['--user', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh'];
    const { stdout, stderr } = await execa('unshare', [...inside, folder.path, process.execPath, writeMuch], {
      reject: false,
    });
    expect(stdout || stderr).toMatch(/^DiskFullError$|not permitted|denied|ENOENT/);
  });
});

describe('assertBlobKey', () => {
  it('accepts only keys that stay inside the folder', () => {
    assert(
      property(string(), (key) => {
        expect(isAccepted(key) && relative('/blobs', join('/blobs', key)) !== key).toBe(false);
      }),
    );
  });

  it('accepts what this program makes', () => {
    assert(
      property(stringMatching(/^[a-z0-9]{1,8}(\/[a-z0-9_-][a-z0-9_.-]{0,8}){0,3}$/), (key) => {
        expect(isAccepted(key)).toBe(true);
      }),
    );
  });
});

function isAccepted(key: string): boolean {
  try {
    assertBlobKey(key);
    return true;
  } catch {
    return false;
  }
}
