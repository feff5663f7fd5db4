import { randomBytes } from 'node:crypto';
import { rm, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { md5Of } from '../support/clip.ts';
import { countParts } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, createCos, placeOf } from '../support/storage.ts';

let stack: Stack;
let folder: string;
let path: string;
let session: models.ApplyUploadResponse;
const content = randomBytes(12 * 1024 * 1024);

beforeAll(async () => {
  stack = await startQuietStack();
  folder = await mkdtemp(join(tmpdir(), 'vodstack-cos-'));
  path = join(folder, 'large.mp4');
  await writeFile(path, content);
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
});

async function expectWholeMedia(): Promise<void> {
  const { MediaUrl = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
  const response = await fetch(MediaUrl);
  expect(response.headers.get('etag')).toBe(`"${md5Of(content)}"`);
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
}

/** Starts a sliced upload and stops it when some parts have arrived. */
async function uploadSome(): Promise<void> {
  const cos = createCos(stack, session, { ChunkParallelLimit: 1 });
  const before = await countParts(stack);
  const started = Promise.withResolvers<string>();
  const upload = cos.sliceUploadFile({
    ...placeOf(session),
    FilePath: path,
    onTaskReady: started.resolve,
    onProgress: ({ percent }) => {
      if (percent > 0.4) void started.promise.then((taskId) => cos.pauseTask(taskId));
    },
  });
  upload.catch(() => undefined);
  await expect.poll(async () => (await countParts(stack)) - before, { timeout: 20_000 }).toBeGreaterThan(2);
  cos.pauseTask(await started.promise);
}

/** What a program leaves that is killed after the second of twelve parts: this client never takes up its own in one process. */
async function putTwoParts(): Promise<void> {
  const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
  for (const number of [1, 2]) {
    const body = content.subarray((number - 1) * 1024 ** 2, number * 1024 ** 2);
    await callStorage(stack, session, {
      method: 'PUT',
      query: { partNumber: String(number), uploadId },
      body,
    });
  }
}

describe('the official storage client', () => {
  it('puts an object in one request', async () => {
    const { ETag, RequestId, statusCode } = await createCos(stack, session).putObject({
      ...placeOf(session),
      Body: content,
    });
    expect(statusCode).toBe(200);
    expect(ETag).toBe(`"${md5Of(content)}"`);
    expect(RequestId).toMatch(/^[\w-]+$/);
    await expectWholeMedia();
  });

  it('reads, describes and deletes an object', async () => {
    const cos = createCos(stack, session);
    await cos.putObject({ ...placeOf(session), Body: 'a few bytes' });
    const { Body, ETag } = await cos.getObject(placeOf(session));
    expect(String(Body)).toBe('a few bytes');
    const part = await cos.getObject({ ...placeOf(session), Range: 'bytes=2-4' });
    expect(String(part.Body)).toBe('few');
    expect(ETag).toBe(`"${md5Of('a few bytes')}"`);
    expect((await cos.headObject(placeOf(session))).statusCode).toBe(200);
    expect((await cos.deleteObject(placeOf(session))).statusCode).toBe(204);
    await expect(cos.headObject(placeOf(session))).rejects.toMatchObject({ statusCode: 404 });
  });

  it('uploads a file in slices', async () => {
    const { ETag } = await createCos(stack, session).sliceUploadFile({
      ...placeOf(session),
      FilePath: path,
      SliceSize: 1024 * 1024,
    });
    expect(ETag).toMatch(/^"[0-9a-f]{32}-12"$/);
    await expectWholeMedia();
  });

  it('uploads a file in the way that suits its size', async () => {
    const { statusCode } = await createCos(stack, session).uploadFile({
      ...placeOf(session),
      FilePath: path,
      SliceSize: 5 * 1024 * 1024,
    });
    expect(statusCode).toBe(200);
    await expectWholeMedia();
  });

  it('goes on where another program stopped, with the parts that are there', async () => {
    const kept = await countParts(stack);
    await putTwoParts();
    const cos = createCos(stack, session);
    const methods: string[] = [];
    cos.on('before-send', (options: { method: string }) => methods.push(options.method));
    const { ETag } = await cos.sliceUploadFile({ ...placeOf(session), FilePath: path });
    expect(ETag).toMatch(/-12"$/);
    expect(methods.filter((method) => method === 'PUT')).toHaveLength(10);
    expect(await countParts(stack)).toBe(kept);
    await expectWholeMedia();
  });

  it('lists and aborts an upload that it does not want to finish', async () => {
    const kept = await countParts(stack);
    await uploadSome();
    const cos = createCos(stack, session);
    const listed = await cos.multipartList({
      ...placeOf(session),
      Prefix: placeOf(session).Key,
      Delimiter: '',
    });
    const UploadId = listed.Upload[0]?.UploadId ?? '';
    const { Part } = await cos.multipartListPart({ ...placeOf(session), UploadId });
    expect(Part.length).toBeGreaterThanOrEqual(2);
    await cos.multipartAbort({ ...placeOf(session), UploadId });
    expect(await countParts(stack)).toBe(kept);
    await expect(cos.multipartListPart({ ...placeOf(session), UploadId })).rejects.toMatchObject({
      code: 'NoSuchUpload',
    });
  });

  it('reads the code of a refusal', async () => {
    const wrong = {
      ...session,
      TempCertificate: { ...session.TempCertificate, SecretKey: 'wrong' },
    } as models.ApplyUploadResponse;
    await expect(
      createCos(stack, wrong).putObject({ ...placeOf(session), Body: content }),
    ).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      statusCode: 403,
    });
    await expect(
      createCos(stack, wrong).sliceUploadFile({ ...placeOf(session), FilePath: path }),
    ).rejects.toMatchObject({ statusCode: 403 });
  });

  it('uploads with the account’s own key', async () => {
    const { secretId, secretKey } = stack.server.credentials;
    const cos = createCos(stack, session, {
      SecretId: secretId,
      SecretKey: secretKey,
      getAuthorization: undefined as never,
    });
    await cos.sliceUploadFile({ ...placeOf(session), FilePath: path });
    await expectWholeMedia();
    expect((await callStorage(stack, session, { method: 'HEAD' })).status).toBe(404);
  });
});
