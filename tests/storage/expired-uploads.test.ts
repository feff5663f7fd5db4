import { join } from 'node:path';
import { DiskBlobStore } from '@vodstack/platform';
import type { VodTables } from '@vodstack/vod';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweepUploads } from '../../packages/vod/src/upload/upload-sweeper.ts';
import { errorOf } from '../support/error-of.ts';
import { setUploadExpired } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, listBlobs } from '../support/storage.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

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
  const session = await stack.client.ApplyUpload({ MediaType: 'mp4', CoverType: 'png' });
  const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
  await callStorage(stack, session, { method: 'PUT', body: 'media' });
  await callStorage(stack, session, { method: 'PUT', path: session.CoverStoragePath ?? '', body: 'cover' });
  await callStorage(stack, session, { method: 'PUT', query: { partNumber: '1', uploadId }, body: 'part' });
  return session.VodSessionKey ?? '';
}

it('an upload that was never committed is forgotten with all its bytes, an hour after its day', async () => {
  const VodSessionKey = await uploadUncommitted();
  await setUploadExpired(stack, VodSessionKey);
  expect(await listBlobs(stack)).toHaveLength(3);
  await sweep(0);
  expect(await listBlobs(stack)).toHaveLength(3);
  await sweep(1);
  expect(await listBlobs(stack)).toEqual([]);
  const error = await errorOf(stack.client.CommitUpload({ VodSessionKey }));
  expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
});

it('an upload that may go on and one that was committed keep everything', async () => {
  await uploadUncommitted();
  const VodSessionKey = await uploadUncommitted();
  const { FileId } = await stack.client.CommitUpload({ VodSessionKey });
  await setUploadExpired(stack, VodSessionKey);
  const before = await listBlobs(stack);
  // Three of the open one; of the committed one its media and its cover, but no part that nobody can finish any more.
  expect(before).toHaveLength(5);
  await sweep(2);
  expect(await listBlobs(stack)).toEqual(before);
  expect(await stack.client.CommitUpload({ VodSessionKey })).toMatchObject({ FileId });
});
