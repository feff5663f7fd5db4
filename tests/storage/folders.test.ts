import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findMediaTools } from '@vodstack/platform';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../support/make-clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, createCos, listBlobs, placeOf, type StorageAnswer } from '../support/storage.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const run = promisify(execFile);
let stack: Stack;
let folder: WorkFolder;
let ffmpegPath: string;
beforeAll(async () => {
  [stack, folder] = await Promise.all([startQuietStack(), createWorkFolder()]);
  ({ ffmpegPath } = await findMediaTools({}));
});
afterAll(async () => {
  await stack?.stop();
  await folder?.remove();
});

async function open(MediaType = 'mp4'): Promise<models.ApplyUploadResponse> {
  return await stack.client.ApplyUpload({ MediaType });
}

function beside(session: models.ApplyUploadResponse, name: string): string {
  return (session.MediaStoragePath ?? '').replace(/[^/]+$/, name);
}

function all(answer: StorageAnswer, element: string): string[] {
  return [...answer.body.toString().matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'g'))].map(
    ([, text = '']) => text,
  );
}

describe('a playlist and its segments', () => {
  it('are uploaded into one folder and play from the media’s address', async () => {
    const clip = await makeClip(folder.join('clip.mp4'));
    const playlist = folder.join('index.m3u8');
    const options = ['-hls_time', '1', '-hls_segment_filename', folder.join('part-%d.ts')];
    await run(ffmpegPath, ['-v', 'error', '-i', clip, '-c', 'copy', '-f', 'hls', ...options, playlist]);
    const segments = (await readdir(folder.path)).filter((name) => name.endsWith('.ts'));
    expect(segments.length).toBeGreaterThan(0);

    const session = await open('m3u8');
    const cos = createCos(stack, session);
    await cos.sliceUploadFile({ ...placeOf(session), FilePath: playlist });
    for (const name of segments) {
      const Key = beside(session, name).slice(1);
      await cos.sliceUploadFile({ ...placeOf(session), Key, FilePath: folder.join(name) });
    }
    const { MediaUrl = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    for (const name of segments) {
      const answer = await fetch(new URL(name, MediaUrl));
      expect(answer.headers.get('content-type')).toBe('video/mp2t');
      expect(Buffer.from(await answer.arrayBuffer()).equals(await readFile(folder.join(name)))).toBe(true);
    }
    // Reads the playlist and every segment over HTTP, and fails on the first that is not there.
    await run(ffmpegPath, ['-v', 'error', '-xerror', '-i', MediaUrl, '-f', 'null', '-']);
  });

  it('may lie in deeper folders, and have names of all kinds', async () => {
    const session = await open();
    await callStorage(stack, session, { method: 'PUT', body: 'x' });
    const names = ['720p/段 1.ts', '720p/a+b%2B.ts', '😀'];
    for (const name of names) {
      const put = await callStorage(stack, session, {
        method: 'PUT',
        path: beside(session, name),
        body: name,
      });
      expect(put.status).toBe(200);
    }
    const { MediaUrl = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    for (const name of names) {
      const url = new URL(name.split('/').map(encodeURIComponent).join('/'), MediaUrl);
      expect(await (await fetch(url)).text()).toBe(name);
    }
  });

  it('of an upload that was never committed can be listed and deleted', async () => {
    const before = await listBlobs(stack);
    const session = await open();
    const path = beside(session, 'a.ts');
    await callStorage(stack, session, { method: 'PUT', path, body: 'x' });
    expect((await callStorage(stack, session, { method: 'DELETE', path })).status).toBe(204);
    expect(await listBlobs(stack)).toEqual(before);
  });
});

describe('a bucket', () => {
  async function list(
    session: models.ApplyUploadResponse,
    query: Record<string, string>,
    key: 'temporary' | 'account' = 'temporary',
  ): Promise<StorageAnswer> {
    return await callStorage(stack, session, { method: 'GET', path: '/', query, key });
  }

  it('lists what was put and not committed, to the key that put it and to the account’s', async () => {
    const session = await open();
    const prefix = beside(session, '').slice(1);
    for (const name of ['a.ts', 'b/1.ts', 'b/2.ts', 'c d+e.ts']) {
      await callStorage(stack, session, { method: 'PUT', path: beside(session, name), body: name });
    }
    const whole = await list(session, { prefix });
    expect(all(whole, 'Key')).toEqual(['a.ts', 'b/1.ts', 'b/2.ts', 'c d+e.ts'].map((name) => prefix + name));
    expect(all(whole, 'Size')).toEqual(['4', '6', '6', '8']);
    expect(all(whole, 'IsTruncated')).toEqual(['false']);
    expect(all(await list(session, { prefix, 'encoding-type': 'url' }), 'Key').at(-1)).toBe(
      encodeURIComponent(`${prefix}c d+e.ts`),
    );
    expect(all(await list(await open(), { prefix }), 'Key')).toEqual([]);
    expect(all(await list(await open(), { prefix }, 'account'), 'Key')).toHaveLength(4);
  });

  it('rolls folders up, page by page', async () => {
    const session = await open();
    const prefix = beside(session, '').slice(1);
    for (const name of ['a.ts', 'b/1.ts', 'b/2.ts', 'c.ts']) {
      await callStorage(stack, session, { method: 'PUT', path: beside(session, name), body: name });
    }
    const seen: string[] = [];
    for (let marker = ''; ;) {
      const page = await list(session, { prefix, delimiter: '/', marker, 'max-keys': '1' });
      seen.push(...all(page, 'Key'), ...all(page, 'CommonPrefixes').map((text) => `${text}`));
      [marker = ''] = all(page, 'NextMarker');
      if (all(page, 'IsTruncated')[0] === 'false') break;
    }
    expect(seen).toEqual([`${prefix}a.ts`, `<Prefix>${prefix}b/</Prefix>`, `${prefix}c.ts`]);
  });

  it('lists unfinished uploads page by page, several of one key too', async () => {
    const session = await open();
    const begun: string[] = [];
    for (const name of ['a', 'a', 'a', 'b']) {
      const path = beside(session, name);
      const answer = await callStorage(stack, session, { method: 'POST', path, query: { uploads: '' } });
      begun.push(...all(answer, 'UploadId'));
    }
    const seen: string[] = [];
    let markers = {};
    for (;;) {
      const page = await list(session, { uploads: '', 'max-uploads': '2', ...markers });
      seen.push(...all(page, 'UploadId'));
      if (all(page, 'IsTruncated')[0] === 'false') break;
      markers = {
        'key-marker': all(page, 'NextKeyMarker')[0] ?? '',
        'upload-id-marker': all(page, 'NextUploadIdMarker')[0] ?? '',
      };
    }
    expect(seen.toSorted()).toEqual(begun.toSorted());
  });

  it('refuses to list minus one', async () => {
    expect((await list(await open(), { 'max-keys': '-1' })).code).toBe('InvalidArgument');
  });
});
