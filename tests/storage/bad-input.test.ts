import http from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { models } from '@vodstack/protocol';
import { presignCosV5 } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { md5Of } from '../support/clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import {
  callStorage,
  listBlobs,
  readStorageAnswer,
  toOptions,
  type StorageAnswer,
} from '../support/storage.ts';

let stack: Stack;
let session: models.ApplyUploadResponse;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
});

/** A request as the bytes stand, on a connection of its own; gives all that came back. */
async function sendRaw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(stack.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return await readText(socket);
}

const inFolder = (name: string): string => (session.MediaStoragePath ?? '').replace(/[^/]+$/, name);

function startPut(headers: Record<string, string>): {
  request: http.ClientRequest;
  answer: Promise<StorageAnswer>;
} {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const request = http
    .request(toOptions(stack, session, { method: 'PUT', headers }), resolve)
    .on('error', reject);
  return { request, answer: promise.then(readStorageAnswer) };
}

describe('a multipart upload', () => {
  let uploadId: string;
  beforeEach(async () => {
    const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
    uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
  });

  async function putPart(number: string, body: string): Promise<StorageAnswer> {
    return await callStorage(stack, session, {
      method: 'PUT',
      query: { partNumber: number, uploadId },
      body,
    });
  }

  async function complete(...parts: readonly (readonly [number | string, string])[]): Promise<StorageAnswer> {
    const body = parts.map(
      ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    return await callStorage(stack, session, {
      method: 'POST',
      query: { uploadId },
      body: `<CompleteMultipartUpload>${body.join('')}</CompleteMultipartUpload>`,
    });
  }

  it.each(['0', '10001', '-1', '1.5', 'one', ''])('has no part numbered %j', async (number) => {
    const before = await listBlobs(stack);
    const answer = await putPart(number, 'x');
    expect([answer.status, answer.code]).toEqual([400, 'InvalidArgument']);
    expect(await listBlobs(stack)).toEqual(before);
  });

  it.each<[string, readonly (readonly [number | string, string])[], string]>([
    [
      'parts out of order',
      [
        [2, md5Of('b')],
        [1, md5Of('a')],
      ],
      'InvalidPartOrder',
    ],
    [
      'a part twice',
      [
        [1, md5Of('a')],
        [1, md5Of('a')],
      ],
      'InvalidPartOrder',
    ],
    [
      'a part that was not sent',
      [
        [1, md5Of('a')],
        [3, md5Of('c')],
      ],
      'InvalidPart',
    ],
    ['a wrong ETag', [[1, md5Of('b')]], 'InvalidPart'],
    ['an empty ETag', [[1, '']], 'InvalidPart'],
    ['part 0', [[0, md5Of('a')]], 'InvalidPartOrder'],
    ['part 10001', [[10_001, md5Of('a')]], 'InvalidPart'],
    ['a part that is no number', [['x', md5Of('a')]], 'MalformedXML'],
    ['no part', [], 'MalformedXML'],
  ])('is not completed with %s, and can be completed afterwards', async (_what, named, code) => {
    await putPart('1', 'a');
    await putPart('2', 'b');
    const before = await listBlobs(stack);
    const answer = await complete(...named);
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect(await listBlobs(stack)).toEqual(before);
    expect((await complete([1, md5Of('a')], [2, md5Of('b')])).status).toBe(200);
    expect((await callStorage(stack, session, { method: 'GET' })).body.toString()).toBe('ab');
  });
});

describe('a body', () => {
  it('announced with 5 TB is refused before it is sent', async () => {
    const before = await listBlobs(stack);
    const { request, answer } = startPut({ 'content-length': String(5 * 1024 ** 4) });
    request.flushHeaders();
    expect([(await answer).status, (await answer).code]).toEqual([400, 'EntityTooLarge']);
    request.destroy();
    expect(await listBlobs(stack)).toEqual(before);
  });

  it('shorter than announced is not stored', async () => {
    const before = await listBlobs(stack);
    const { request, answer } = startPut({ 'content-length': '10' });
    const ended = answer.catch(() => undefined);
    request.write('12345', () => request.destroy());
    await ended;
    await expect.poll(() => listBlobs(stack)).toEqual(before);
    expect((await callStorage(stack, session, { method: 'GET' })).code).toBe('NoSuchKey');
  });

  it('longer than announced never becomes a longer object', async () => {
    const { method, path, headers } = toOptions(stack, session, { method: 'PUT' });
    const lines = Object.entries({
      ...(headers as Record<string, string>),
      'content-length': '3',
      connection: 'close',
    });
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    const answer = await sendRaw(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\nabcdefgh`);
    // The rest reads as a second request that is none; its refusal may come before the first one's answer.
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
    await expect
      .poll(async () => (await listBlobs(stack)).filter((blob) => blob.includes('/.parts/')))
      .toEqual([]);
    const stored = await callStorage(stack, session, { method: 'GET' });
    expect(['abc', 'NoSuchKey']).toContain(stored.code || stored.body.toString());
  });
});

describe('a path', () => {
  it.each([
    ['two dots', '../x', 403, 'AccessDenied'],
    ['one dot', './x', 403, 'AccessDenied'],
    ['an empty name', '/x', 403, 'AccessDenied'],
    ['U+0000', 'a\0b', 400, 'InvalidArgument'],
    ['1,000 characters', 'x'.repeat(1000), 400, 'KeyTooLong'],
    ['300 Chinese characters', '中'.repeat(300), 400, 'KeyTooLong'],
  ])('with %s names nothing', async (_what, name, status, code) => {
    const before = await listBlobs(stack);
    for (const key of ['temporary', 'account'] as const) {
      const answer = await callStorage(stack, session, {
        method: 'PUT',
        path: inFolder(name),
        body: 'x',
        key,
      });
      expect([answer.status, answer.code]).toEqual([status, code]);
    }
    expect(await listBlobs(stack)).toEqual(before);
  });

  it.each(['%2e%2e/x', '%2E./x', '..%2fx'])('with dots written as %s names nothing', async (raw) => {
    const options = toOptions(stack, session, { method: 'PUT', path: inFolder('../x'), body: 'x' });
    const path = (options.path ?? '').replace('../x', raw);
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    http
      .request({ ...options, path }, resolve)
      .on('error', reject)
      .end('x');
    expect((await readStorageAnswer(await promise)).code).toBe('AccessDenied');
  });

  it.each(['中文.ts', '😀.ts', 'a+b.ts', 'a%2Bb.ts', 'a b.ts', '%zz.ts', "a'(!)*.ts"])(
    'with %s is a name like any other',
    async (name) => {
      const path = inFolder(name);
      expect((await callStorage(stack, session, { method: 'PUT', path, body: name })).status).toBe(200);
      expect((await callStorage(stack, session, { method: 'GET', path })).body.toString()).toBe(name);
    },
  );
});

describe('a signature', () => {
  it('is read in either case of its header’s name, and may cover further headers', async () => {
    const { host } = new URL(stack.url);
    const answer = await callStorage(stack, session, {
      method: 'PUT',
      body: 'x',
      headers: { 'x-cos-meta-a': 'b', Host: host },
    });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['in capitals', (text: string) => text.replace(/q-signature=\w+/, (part) => part.toUpperCase())],
    ['with another algorithm', (text: string) => text.replace('sha1', 'md5')],
    ['cut off', (text: string) => text.slice(0, -1)],
    ['without a time', (text: string) => text.replace(/q-sign-time=[^&]*&/, '')],
    ['with a time that is none', (text: string) => text.replace(/q-key-time=[^&]*/, 'q-key-time=now;then')],
  ])('%s is refused', async (_what, change) => {
    const before = await listBlobs(stack);
    const options = toOptions(stack, session, { method: 'PUT', body: 'x' });
    const headers = options.headers as Record<string, string>;
    const authorization = change(headers['authorization'] ?? '');
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    http
      .request({ ...options, headers: { ...headers, authorization } }, resolve)
      .on('error', reject)
      .end('x');
    const answer = await readStorageAnswer(await promise);
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied']);
    expect(await listBlobs(stack)).toEqual(before);
  });

  it('of a URL works until its time is over', async () => {
    await callStorage(stack, session, { method: 'PUT', body: 'content' });
    const now = Math.floor(Date.now() / 1000);
    const { secretId, secretKey } = stack.server.credentials;
    const path = session.MediaStoragePath ?? '';
    const read = async (endSec: number): Promise<Response> =>
      await fetch(
        `${stack.url}/cos/${session.StorageBucket}/${session.StorageRegion}${path}?${presignCosV5({ method: 'GET', path, secretId, secretKey, startSec: now - 100, endSec })}`,
      );
    expect(await (await read(now + 60)).text()).toBe('content');
    expect(await (await read(now - 1)).text()).toContain('<Code>RequestTimeTooSkewed</Code>');
  });
});

describe('a request id', () => {
  it.each([
    ['PATCH', 'PATCH /cos/b-1/r/k HTTP/1.1', 405],
    ['a method of WebDAV', 'PROPFIND /cos/b-1/r/k HTTP/1.1', 405],
    ['a method that is none', 'NOTHING /cos/b-1/r/k HTTP/1.1', 400],
    ['a URL that cannot be decoded', 'GET /cos/b-1/r/%zz HTTP/1.1', 400],
    ['a URL that is no UTF-8', 'GET /cos/b-1/r/%ff HTTP/1.1', 400],
    ['a path without a bucket', 'GET /cos/b-1 HTTP/1.1', 404],
    ['headers of 100 KB', `GET /cos/b-1/r/k HTTP/1.1\r\nx-a: ${'a'.repeat(100_000)}`, 431],
  ])('is in the answer to %s', async (_what, start, status) => {
    const answer = await sendRaw(`${start}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain('\r\nx-cos-request-id: ');
  });
});
