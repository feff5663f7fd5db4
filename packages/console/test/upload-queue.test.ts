import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { UploadItem } from '../src/features/upload/upload-item.ts';
import type { UploadQueue } from '../src/features/upload/upload-queue.ts';
import { summarize } from '../src/features/upload/upload-summary.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';
import { type Blob, blob, Memory, openPage, UploadService } from './upload-service.ts';

describe('the upload queue', () => {
  let service: UploadService;
  let server: LocalServer;
  let queue: UploadQueue<Blob>;

  beforeEach(async () => {
    service = new UploadService();
    server = await startLocalServer(service.handle);
    queue = openPage(server, new Memory());
  });

  afterEach(() => server.close());

  function item(name: string): UploadItem | undefined {
    return queue.items().find((entry) => entry.name === name);
  }

  function whenState(name: string, state: UploadItem['state']): Promise<UploadItem> {
    return vi.waitFor(
      () => {
        const found = item(name);
        if (found?.state !== state) throw new Error(`${name} is ${found?.state}, waiting for ${state}`);
        return found;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** Holds back all puts until the returned function is called. */
  function holdPuts(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    service.gate = promise;
    return resolve;
  }

  it('stores every byte and commits each file once', async () => {
    queue.add([blob('a.mp4', 300_000), blob('b.mp4', 10)]);
    const first = await whenState('a.mp4', 'done');
    await whenState('b.mp4', 'done');
    expect(first).toMatchObject({ fileId: 'id-key-a.mp4', sentBytes: 300_000, error: null });
    expect(Object.fromEntries(service.stored)).toEqual({ 'key-a.mp4': 300_000, 'key-b.mp4': 10 });
    expect(service.commits.toSorted()).toEqual(['key-a.mp4', 'key-b.mp4']);
  });

  it('sends at most two files at a time, in order', async () => {
    const release = holdPuts();
    queue.add(['1', '2', '3', '4', '5'].map((name) => blob(name, 1000)));
    await vi.waitFor(() => expect(service.putting).toBe(2));
    expect(queue.items().map(({ state }) => state)).toEqual([
      'uploading',
      'uploading',
      'waiting',
      'waiting',
      'waiting',
    ]);
    release();
    await whenState('5', 'done');
    expect(service.mostPutting).toBe(2);
  });

  it('tells progress, speed and remaining time', async () => {
    const seen: UploadItem[] = [];
    queue.subscribe(() => seen.push(...queue.items()));
    queue.add([blob('a.mp4', 1000)]);
    await whenState('a.mp4', 'done');
    const moving = seen.find(({ bytesPerSec, sentBytes }) => bytesPerSec !== null && sentBytes === 500);
    expect(moving).toMatchObject({ bytesPerSec: 1000, remainingSec: 0.5 });
  });

  it('cancels a running upload, frees its place, and commits nothing', async () => {
    const release = holdPuts();
    queue.add([blob('a', 1000), blob('b', 1000), blob('c', 1000)]);
    await vi.waitFor(() => expect(service.putting).toBe(2));
    queue.cancel(item('a')?.id ?? '');
    expect(item('a')?.state).toBe('canceled');
    await whenState('c', 'uploading');
    release();
    await whenState('c', 'done');
    expect(service.commits).not.toContain('key-a');
    expect(item('a')?.state).toBe('canceled');
  });

  it('cancels a waiting upload without ever sending it', async () => {
    const release = holdPuts();
    queue.add([blob('a', 10), blob('b', 10), blob('c', 10)]);
    queue.cancel(item('c')?.id ?? '');
    release();
    await whenState('b', 'done');
    await whenState('a', 'done');
    expect([...service.stored.keys()].toSorted()).toEqual(['key-a', 'key-b']);
  });

  it('shows why the store refused, and sends again on retry', async () => {
    service.putStatus = 403;
    queue.add([blob('a', 1000)]);
    const failed = await whenState('a', 'failed');
    expect(failed.error).toMatchObject({ kind: 'gone', message: 'Expired. (AccessDenied)' });
    service.putStatus = 200;
    queue.retry(failed.id);
    const done = await whenState('a', 'done');
    expect(done.error).toBeNull();
    expect(service.stored.get('key-a')).toBe(1000);
  });

  it('only commits again when only the commit had failed', async () => {
    service.commitError = 'FailedOperation';
    queue.add([blob('a', 1000)]);
    const failed = await whenState('a', 'failed');
    expect(failed.error).toMatchObject({ kind: 'rejected', message: 'Try later.' });
    service.stored.clear();
    service.commitError = null;
    queue.retry(failed.id);
    await whenState('a', 'done');
    expect(service.stored.size).toBe(0);
    expect(service.commits).toEqual(['key-a', 'key-a']);
  });

  it('can retry what was canceled while the old transfer is still ending', async () => {
    const release = holdPuts();
    queue.add([blob('a', 1000)]);
    await vi.waitFor(() => expect(service.putting).toBe(1));
    const id = item('a')?.id ?? '';
    queue.cancel(id);
    queue.retry(id);
    release();
    await whenState('a', 'done');
    expect(service.commits).toEqual(['key-a']);
  });

  it('forgets everything on reset, and a transfer that still ends changes nothing', async () => {
    const release = holdPuts();
    queue.add([blob('a', 1000), blob('b', 1000), blob('c', 1000)]);
    await vi.waitFor(() => expect(service.putting).toBe(2));
    queue.reset();
    release();
    queue.add([blob('d', 10)]);
    await whenState('d', 'done');
    expect(queue.items().map(({ name }) => name)).toEqual(['d']);
    expect(service.commits).toEqual(['key-d']);
  });

  it('says that the network failed when the server is gone', async () => {
    await server.close();
    queue.add([blob('a', 1000)]);
    const failed = await whenState('a', 'failed');
    expect(failed.error?.kind).toBe('network');
  });

  it('refuses an empty file without asking the server', async () => {
    queue.add([blob('a', 0)]);
    const failed = await whenState('a', 'failed');
    expect(failed.error?.kind).toBe('empty');
    expect(service.commits).toEqual([]);
  });

  it('sums up what runs, what failed and how far all is', async () => {
    service.putStatus = 403;
    queue.add([blob('a', 1000)]);
    await whenState('a', 'failed');
    service.putStatus = 200;
    queue.add([blob('b', 1000)]);
    await whenState('b', 'done');
    expect(summarize(queue.items())).toMatchObject({ active: 0, failed: 1, done: 1 });
    queue.clearEnded();
    expect(queue.items()).toEqual([]);
  });
});
