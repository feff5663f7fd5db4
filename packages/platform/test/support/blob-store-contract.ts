import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BadBlobKeyError,
  BlobNotFoundError,
  BlobTooLargeError,
  BlobTooShortError,
  type BlobStore,
} from '../../src/index.ts';

/** A store to test, and how to see whether anything unfinished is left in it. */
export interface StoreUnderTest extends AsyncDisposable {
  store: BlobStore;
  countUnfinished(): Promise<number>;
}

/** What every BlobStore does; run by each implementation's tests. */
export function describeBlobStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a BlobStore`, () => {
    let under: StoreUnderTest;
    let store: BlobStore;
    let scratch: string;
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

    beforeEach(async () => {
      under = await create();
      store = under.store;
      scratch = await mkdtemp(join(tmpdir(), 'vodstack-test-blob-'));
    });

    afterEach(async () => {
      await under[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true, force: true });
    });

    const expectNothingAt = async (key: string): Promise<void> => {
      expect(await store.stat(key)).toBeNull();
      expect(await under.countUnfinished()).toBe(0);
    };

    it('gives back what was written, with its size and MD5', async () => {
      const written = await store.write('a/b/file.mp4', toChunks(bytes), { expectedBytes: bytes.length });
      const md5 = createHash('md5').update(bytes).digest('hex');
      expect(written).toEqual({ sizeBytes: bytes.length, md5 });
      expect(await store.stat('a/b/file.mp4')).toEqual({ sizeBytes: bytes.length });
      expect(await buffer(store.read('a/b/file.mp4'))).toEqual(bytes);
      expect(await under.countUnfinished()).toBe(0);
    });

    it('takes an empty blob', async () => {
      const written = await store.write('empty', Readable.from([]), { expectedBytes: 0 });
      expect(written).toEqual({ sizeBytes: 0, md5: 'd41d8cd98f00b204e9800998ecf8427e' });
      expect(await buffer(store.read('empty'))).toEqual(Buffer.alloc(0));
    });

    it('reads a range, both ends included', async () => {
      await store.write('r', toChunks(bytes));
      expect(await buffer(store.read('r', { start: 0, end: 0 }))).toEqual(bytes.subarray(0, 1));
      expect(await buffer(store.read('r', { start: 1000, end: 99_999 }))).toEqual(
        bytes.subarray(1000, 100_000),
      );
    });

    it('replaces a blob of the same key as a whole', async () => {
      await store.write('same', toChunks(bytes));
      await store.write('same', Readable.from([Buffer.from('new')]));
      expect(await buffer(store.read('same'))).toEqual(Buffer.from('new'));
    });

    it('keeps the old blob when a new one of the same key fails', async () => {
      await store.write('same', Readable.from([Buffer.from('old')]));
      await expect(store.write('same', toChunks(bytes), { expectedBytes: 5 })).rejects.toThrow(
        BlobTooLargeError,
      );
      expect(await buffer(store.read('same'))).toEqual(Buffer.from('old'));
    });

    it('refuses a source that ends early and leaves nothing', async () => {
      const write = store.write('short', toChunks(bytes), { expectedBytes: bytes.length + 1 });
      await expect(write).rejects.toThrow(BlobTooShortError);
      await expectNothingAt('short');
    });

    it('refuses a source that is longer than announced or allowed and leaves nothing', async () => {
      await expect(store.write('long', toChunks(bytes), { expectedBytes: 10 })).rejects.toThrow(
        BlobTooLargeError,
      );
      await expect(store.write('long', toChunks(bytes), { maxBytes: 299_999 })).rejects.toThrow(
        BlobTooLargeError,
      );
      await expectNothingAt('long');
    });

    it('passes on the error of a source that breaks and leaves nothing', async () => {
      const broken = Readable.from(
        (function* () {
          yield bytes;
          throw new Error('connection reset');
        })(),
      );
      await expect(store.write('broken', broken)).rejects.toThrow('connection reset');
      await expectNothingAt('broken');
    });

    it('stops when the signal aborts, ends the source and leaves nothing', async () => {
      const controller = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let count = 0; ; count += 1) {
            if (count === 3) controller.abort();
            yield bytes;
          }
        })(),
      );
      const write = store.write('aborted', endless, { signal: controller.signal });
      await expect(write).rejects.toMatchObject({ name: 'AbortError' });
      expect(endless.destroyed).toBe(true);
      await expectNothingAt('aborted');
    });

    it('publishes a finished file, which is gone from where it was', async () => {
      const path = join(scratch, 'done.mp4');
      await writeFile(path, bytes);
      await store.publishFile('out/v.f100010.mp4', path);
      expect(await buffer(store.read('out/v.f100010.mp4'))).toEqual(bytes);
      await expect(stat(path)).rejects.toThrow('ENOENT');
      expect(await under.countUnfinished()).toBe(0);
    });

    it('is written in pieces, in any order and side by side, and cut to its size', async () => {
      const half = 150_000;
      await store.write('pieces', Readable.from([]));
      const [second] = await Promise.all([
        store.writeAt('pieces', toChunks(bytes.subarray(half)), { offset: half, expectedBytes: half }),
        store.writeAt('pieces', toChunks(bytes.subarray(0, half)), { offset: 0 }),
        store.writeAt('pieces', toChunks(bytes), { offset: bytes.length }),
      ]);
      const md5 = createHash('md5').update(bytes.subarray(half)).digest('hex');
      expect(second).toEqual({ sizeBytes: half, md5 });
      await store.resize('pieces', bytes.length);
      expect(await buffer(store.read('pieces'))).toEqual(bytes);
      expect(await store.md5('pieces')).toBe(createHash('md5').update(bytes).digest('hex'));
    });

    it('keeps the bytes around a piece that fails', async () => {
      await store.write('pieces', toChunks(bytes));
      const short = store.writeAt('pieces', Readable.from([Buffer.from('x')]), {
        offset: 10,
        expectedBytes: 5,
      });
      await expect(short).rejects.toThrow(BlobTooShortError);
      const read = await buffer(store.read('pieces'));
      expect(read.length).toBe(bytes.length);
      expect(read.subarray(0, 10)).toEqual(bytes.subarray(0, 10));
      expect(read.subarray(15)).toEqual(bytes.subarray(15));
    });

    it('has no pieces of what is not there', async () => {
      const source = Readable.from([bytes]);
      await expect(store.writeAt('none', source, { offset: 0 })).rejects.toThrow(BlobNotFoundError);
      await expect(store.resize('none', 1)).rejects.toThrow(BlobNotFoundError);
      await expect(store.md5('none')).rejects.toThrow(BlobNotFoundError);
      expect(source.destroyed).toBe(true);
      expect(await store.stat('none')).toBeNull();
    });

    it('lists every blob with the time of its last write, and nothing unfinished', async () => {
      const began = Date.now();
      for (const key of ['l/a', 'l/m/b', 'c']) await store.write(key, Readable.from([Buffer.from('x')]));
      await store.delete('c');
      const listed = [];
      for await (const blob of store.list()) listed.push(blob);
      expect(listed.map(({ key }) => key).toSorted()).toEqual(['l/a', 'l/m/b']);
      // File systems round.
      for (const { placedAt } of listed) expect(placedAt.getTime()).toBeGreaterThan(began - 5000);
    });

    it('gives child processes a path', async () => {
      await store.write('p/q', toChunks(bytes));
      expect(await readFile(store.localPath('p/q'))).toEqual(bytes);
    });

    it('says that a blob is absent', async () => {
      expect(await store.stat('none/here')).toBeNull();
      await expect(buffer(store.read('none/here'))).rejects.toThrow(BlobNotFoundError);
      await expect(store.publishFile('x', join(scratch, 'none'))).rejects.toThrow('ENOENT');
    });

    it('deletes, also what is not there', async () => {
      await store.write('d/e/f', toChunks(bytes));
      await store.delete('d/e/f');
      await store.delete('d/e/f');
      expect(await store.stat('d/e/f')).toBeNull();
      await store.write('d/e/f', toChunks(bytes));
      expect(await store.stat('d/e/f')).not.toBeNull();
    });

    it('lets writes and deletes side by side in one folder succeed', async () => {
      const tasks = Array.from({ length: 40 }, async (_, index) => {
        const key = `busy/${index % 4}/x${index}`;
        await store.write(key, Readable.from([Buffer.from('x')]));
        await store.delete(key);
      });
      await Promise.all(tasks);
      expect(await store.stat('busy/0/x0')).toBeNull();
    });

    it.each([
      '',
      '/a',
      'a/',
      'a//b',
      '../a',
      'a/../b',
      '.parts/x',
      'a/.b',
      'A',
      'a b',
      'a\\b',
      'a\0',
      'ä',
      'a'.repeat(600),
    ])('refuses the key %j', async (key) => {
      await expect(store.write(key, Readable.from([]))).rejects.toThrow(BadBlobKeyError);
      await expect(store.stat(key)).rejects.toThrow(BadBlobKeyError);
      await expect(store.delete(key)).rejects.toThrow(BadBlobKeyError);
      expect(() => store.read(key)).toThrow(BadBlobKeyError);
    });
  });
}

function toChunks(bytes: Buffer): Readable {
  const size = 16_384;
  const count = Math.ceil(bytes.length / size);
  return Readable.from(
    Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size)),
  );
}
