import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { UploadItem } from '../src/features/upload/upload-item.ts';
import type { UploadQueue } from '../src/features/upload/upload-queue.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';
import { type Blob, blob, Memory, openPage, UploadService } from './upload-service.ts';

const MEBIBYTE = 1024 * 1024;
/** Three parts of 4 MiB and one of 1. */
const film = blob('film.mp4', 13 * MEBIBYTE);

async function whenState(queue: UploadQueue<Blob>, state: UploadItem['state']): Promise<UploadItem> {
  return await vi.waitFor(
    () => {
      const found = queue.items().find(({ name }) => name === film.name);
      if (found?.state !== state) throw new Error(`it is ${found?.state}, waiting for ${state}`);
      return found;
    },
    { timeout: 30_000, interval: 5 },
  );
}

describe('an upload that is interrupted', () => {
  let service: UploadService;
  let server: LocalServer;
  let memory: Memory;

  beforeEach(async () => {
    service = new UploadService();
    server = await startLocalServer(service.handle);
    memory = new Memory();
  });

  afterEach(() => server.close());

  /** A page that goes when two parts are there. */
  async function sendHalf(): Promise<void> {
    service.brokenFrom = 3;
    const page = openPage(server, memory);
    page.add([film]);
    await whenState(page, 'failed');
    expect(service.takenParts()).toEqual([1, 2]);
    memory.releaseAll();
    service.brokenFrom = Number.POSITIVE_INFINITY;
    service.sentParts.length = 0;
  }

  it('sends a large file in parts and joins them in order', async () => {
    const page = openPage(server, memory);
    page.add([film]);
    expect(await whenState(page, 'done')).toMatchObject({ sentBytes: film.size, fileId: 'id-key-film.mp4' });
    expect(service.stored.get('key-film.mp4')).toBe(film.size);
    expect(memory.records.size).toBe(0);
  });

  it('waits for its file after a reload, and sends only what is missing', async () => {
    await sendHalf();
    const page = openPage(server, memory);
    await page.restore();
    expect(await whenState(page, 'paused')).toMatchObject({ sentBytes: 8 * MEBIBYTE });
    page.add([film]);
    await whenState(page, 'done');
    expect(service.takenParts()).toEqual([3, 4]);
    expect(service.stored.get('key-film.mp4')).toBe(film.size);
    expect(page.items()).toHaveLength(1);
    expect(memory.records.size).toBe(0);
  });

  it('goes on by itself where the browser still has the file', async () => {
    await sendHalf();
    const page = openPage(server, memory, { reopen: async () => film });
    await page.restore();
    await whenState(page, 'done');
    expect(service.takenParts()).toEqual([3, 4]);
  });

  it('does not take another file for it', async () => {
    await sendHalf();
    const page = openPage(server, memory);
    await page.restore();
    const { id } = await whenState(page, 'paused');
    expect(page.supply(id, { ...film, lastModified: 2 })).toBe(false);
    expect(page.supply(id, { ...film, size: film.size - 1 })).toBe(false);
    expect(page.items()).toMatchObject([{ state: 'paused' }]);
    expect(page.supply(id, film)).toBe(true);
    await whenState(page, 'done');
  });

  it('sends a part again that is there with another size', async () => {
    await sendHalf();
    service.parts.set(2, 7);
    const page = openPage(server, memory, { reopen: async () => film });
    await page.restore();
    await whenState(page, 'done');
    expect(service.takenParts()).toEqual([2, 3, 4]);
  });

  it('starts from the beginning when the server knows the upload no more', async () => {
    await sendHalf();
    service.isForgotten = true;
    const page = openPage(server, memory, { reopen: async () => film });
    await page.restore();
    await whenState(page, 'done');
    expect(service.takenParts()).toEqual([1, 2, 3, 4]);
  });

  it('goes on by itself when the connection comes back', async () => {
    service.brokenFrom = 3;
    const seen: UploadItem[] = [];
    const page = openPage(server, memory, { onWait: () => (service.brokenFrom = Number.POSITIVE_INFINITY) });
    page.subscribe(() => seen.push(...page.items()));
    page.add([film]);
    expect(await whenState(page, 'done')).toMatchObject({ isInterrupted: false });
    expect(seen.some(({ isInterrupted }) => isInterrupted)).toBe(true);
    expect(service.takenParts()).toEqual([1, 2, 3, 4]);
  });

  it('is left to the page that has it until that page goes', async () => {
    await sendHalf();
    const first = openPage(server, memory);
    await first.restore();
    await whenState(first, 'paused');
    const second = openPage(server, memory);
    await second.restore();
    first.add([film]);
    await whenState(first, 'done');
    first.clearEnded();
    expect(second.items()).toEqual([]);
  });

  it('goes to the application it was added in, whichever is looked at by then', async () => {
    const page = openPage(server, memory, { application: 1500000042 });
    page.add([film]);
    await whenState(page, 'done');
    expect(service.applications).toEqual([1500000042]);
  });

  it('is forgotten for good when it is canceled, also while it waits for its file', async () => {
    await sendHalf();
    const page = openPage(server, memory);
    await page.restore();
    const { id } = await whenState(page, 'paused');
    page.cancel(id);
    expect(page.items()).toEqual([]);
    expect(memory.records.size).toBe(0);
  });
});
