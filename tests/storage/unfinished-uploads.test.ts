import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { DiskBlobStore } from '@vodstack/platform';
import type { models } from '@vodstack/protocol';
import type { VodTables } from '@vodstack/vod';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweepUploads } from '../../packages/vod/src/upload/upload-sweeper.ts';
import { md5Of } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { countParts, setUploadExpired } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import {
  callStorage,
  listBlobs,
  readStorageAnswer,
  type StorageRequest,
  toOptions,
} from '../support/storage.ts';

let stack: Stack;
let session: models.ApplyUploadResponse;
const content = randomBytes(300_000);

beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
});

/** Sends the first part of a body, waits until the server is writing it, and breaks the connection. */
async function breakOff(request: StorageRequest, headers: Record<string, string>): Promise<void> {
  const before = await listBlobs(stack);
  const options = toOptions(stack, session, { ...request, headers });
  const outgoing = http.request(options).on('error', () => {});
  outgoing.write(content.subarray(0, 200_000));
  await eventually('the server is writing', async () => (await listBlobs(stack)).length > before.length);
  outgoing.destroy();
  await eventually('nothing of it is left', async () => (await listBlobs(stack)).length === before.length);
}

describe('a PUT that breaks off half-way', () => {
  it.each([
    ['after it announced its length', { 'content-length': String(content.length) }],
    ['in chunks of no announced length', { 'transfer-encoding': 'chunked' }],
  ])('leaves nothing, %s, and can be repeated', async (_what, headers) => {
    await breakOff({ method: 'PUT' }, headers);
    expect((await callStorage(stack, session, { method: 'HEAD' })).status).toBe(404);
    const VodSessionKey = session.VodSessionKey ?? '';
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey }));
    expect(error.code).toBe('ResourceNotFound');
    expect(error.message).toContain(`No complete file was uploaded to ${session.MediaStoragePath}`);
    expect((await callStorage(stack, session, { method: 'PUT', body: content })).status).toBe(200);
    const { MediaUrl = '' } = await stack.client.CommitUpload({ VodSessionKey });
    const response = await fetch(MediaUrl);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  });

  it('leaves the object that was there before', async () => {
    await callStorage(stack, session, { method: 'PUT', body: 'earlier' });
    await breakOff({ method: 'PUT' }, { 'content-length': String(content.length) });
    expect((await callStorage(stack, session, { method: 'GET' })).body.toString()).toBe('earlier');
  });
});

async function sizeOfAll(): Promise<number> {
  const sizes = await Promise.all((await listBlobs(stack)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('a part that breaks off half-way', () => {
  it('is not there, and can be sent again', async () => {
    const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
    const parts = await countParts(stack);
    const before = await sizeOfAll();
    const query = { partNumber: '1', uploadId };
    const headers = { 'content-length': String(content.length) };
    const outgoing = http
      .request(toOptions(stack, session, { method: 'PUT', query, headers }))
      .on('error', () => {});
    outgoing.write(Buffer.alloc(200_000, 'x'));
    await eventually('the server is writing', async () => (await sizeOfAll()) > before);
    outgoing.destroy();
    const sent = await callStorage(stack, session, { method: 'PUT', query, body: content });
    expect(sent.status).toBe(200);
    expect(await countParts(stack)).toBe(parts + 1);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${sent.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    const completed = await callStorage(stack, session, { method: 'POST', query: { uploadId }, body });
    expect(completed.status).toBe(200);
    expect((await callStorage(stack, session, { method: 'GET' })).body.equals(content)).toBe(true);
  });
});

describe('a PUT in chunks, without a length,', () => {
  it('is stored whole', async () => {
    const options = toOptions(stack, session, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } });
    const outgoing = http.request(options);
    for (let start = 0; start < content.length; start += 70_000) {
      outgoing.write(content.subarray(start, start + 70_000));
    }
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    const answer = await readStorageAnswer(response);
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).toBe(`"${md5Of(content)}"`);
  });
});

it('a PUT that announces more than 5 GB is refused before it begins', async () => {
  const before = await listBlobs(stack);
  const headers = { 'content-length': String(5 * 1024 ** 3 + 1) };
  const outgoing = http.request(toOptions(stack, session, { method: 'PUT', headers })).on('error', () => {});
  outgoing.write('x');
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  const answer = await readStorageAnswer(response);
  outgoing.destroy();
  expect(answer.status).toBe(400);
  expect(answer.code).toBe('EntityTooLarge');
  expect(await listBlobs(stack)).toEqual(before);
});

async function sweep(hoursLater: number): Promise<void> {
  const database = await stack.openDatabase();
  const context = {
    db: database.kysely<VodTables>(),
    blobs: new DiskBlobStore({ folder: join(stack.dataFolder, 'blobs') }),
    clock: () => new Date(Date.now() + hoursLater * 3_600_000),
  };
  await sweepUploads(context, new AbortController().signal);
}

async function uploadUncommitted(): Promise<string> {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4', CoverType: 'png' });
  const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
  await callStorage(stack, session, { method: 'PUT', body: 'media' });
  await callStorage(stack, session, { method: 'PUT', path: session.CoverStoragePath ?? '', body: 'cover' });
  await callStorage(stack, session, { method: 'PUT', query: { partNumber: '1', uploadId }, body: 'part' });
  return session.VodSessionKey ?? '';
}

it('an upload that was never committed is forgotten with all its bytes, an hour after its day', async () => {
  const before = await listBlobs(stack);
  const VodSessionKey = await uploadUncommitted();
  await setUploadExpired(stack, VodSessionKey);
  await sweep(0);
  expect(await listBlobs(stack)).toHaveLength(before.length + 3);
  await sweep(1);
  expect(await listBlobs(stack)).toEqual(before);
  const error = await errorOf(stack.client.CommitUpload({ VodSessionKey }));
  expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
});

it('an upload that may go on and one that was committed keep everything', async () => {
  const atFirst = await listBlobs(stack);
  await uploadUncommitted();
  const VodSessionKey = await uploadUncommitted();
  const { FileId } = await stack.client.CommitUpload({ VodSessionKey });
  await setUploadExpired(stack, VodSessionKey);
  const before = await listBlobs(stack);
  // Three of the open one; of the committed one its media and its cover, but no part that nobody can finish any more.
  expect(before).toHaveLength(atFirst.length + 5);
  await sweep(2);
  expect(await listBlobs(stack)).toEqual(before);
  expect(await stack.client.CommitUpload({ VodSessionKey })).toMatchObject({ FileId });
});
