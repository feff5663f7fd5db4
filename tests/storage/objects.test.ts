import { randomBytes } from 'node:crypto';
import type { models } from '@vodstack/protocol';
import { presignCosV5 } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { md5Of } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { setUploadExpired } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, listBlobs, type StorageAnswer } from '../support/storage.ts';

let stack: Stack;
let session: models.ApplyUploadResponse;
const content = randomBytes(100_000);

beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4', CoverType: 'png' });
});

function toDigest(body: Buffer): string {
  return Buffer.from(md5Of(body), 'hex').toString('base64');
}

/** `403 AccessDenied`, and what an error document lacks of that which the clients need to find in each. */
function summaryOf({ status, code, headers, body }: StorageAnswer): string {
  const xml = body.toString();
  const missing = ['Code', 'Message', 'Resource', 'RequestId', 'TraceId'].filter(
    (element) => !new RegExp(`<${element}>[^<]+</${element}>`).test(xml),
  );
  if (!headers['x-cos-request-id']) missing.push('x-cos-request-id');
  if (!headers['content-type']?.includes('application/xml')) missing.push('content-type');
  return [status, code, ...missing].join(' ');
}

describe('a simple PUT', () => {
  it('stores the object and answers with the MD5 in quotes', async () => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).toBe(`"${md5Of(content)}"`);
    expect(answer.headers['x-cos-request-id']).toMatch(/^[\w-]+$/);
    expect(answer.body).toHaveLength(0);
  });

  it('is accepted with the right Content-MD5 and replaces what was there', async () => {
    const before = await listBlobs(stack);
    await callStorage(stack, session, { method: 'PUT', body: 'first' });
    const headers = { 'content-md5': toDigest(content) };
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, headers });
    expect(answer.status).toBe(200);
    const { body } = await callStorage(stack, session, { method: 'GET' });
    expect(body.equals(content)).toBe(true);
    expect(await listBlobs(stack)).toHaveLength(before.length + 1);
  });

  it.each([
    ['the MD5 of something else', toDigest(Buffer.from('else')), 'BadDigest'],
    ['no MD5', 'garbage!', 'InvalidDigest'],
    ['an MD5 in hex', md5Of('x'), 'InvalidDigest'],
  ])('is refused, and leaves nothing, when Content-MD5 is %s', async (_what, digest, code) => {
    const before = await listBlobs(stack);
    const answer = await callStorage(stack, session, {
      method: 'PUT',
      body: content,
      headers: { 'content-md5': digest },
    });
    expect(summaryOf(answer)).toBe(`400 ${code}`);
    expect(await listBlobs(stack)).toEqual(before);
    expect((await callStorage(stack, session, { method: 'HEAD' })).status).toBe(404);
  });

  it('stores an empty object', async () => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: '' });
    expect(answer.headers.etag).toBe(`"${md5Of('')}"`);
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: 'x' }));
    expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
  });

  it('stores the cover at its own place', async () => {
    const answer = await callStorage(stack, session, {
      method: 'PUT',
      path: session.CoverStoragePath ?? '',
      body: 'png',
    });
    expect(answer.status).toBe(200);
  });

  it('may come by the host name of the bucket', async () => {
    const host = `${session.StorageBucket}.cos.${session.StorageRegion}.myqcloud.com`;
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, host });
    expect(answer.status).toBe(200);
    const read = await callStorage(stack, session, {
      method: 'GET',
      host: host.replace('myqcloud.com', 'tencentcos.cn'),
    });
    expect(read.body.equals(content)).toBe(true);
  });

  it('is accepted with the account’s key, which needs no token', async () => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, key: 'account' });
    expect(answer.status).toBe(200);
  });

  it('is accepted as a presigned URL, the token in the query', async () => {
    const { MediaStoragePath = '', TempCertificate } = session;
    const nowSec = Math.floor(Date.now() / 1000);
    const query = presignCosV5({
      method: 'PUT',
      path: MediaStoragePath,
      secretId: TempCertificate?.SecretId ?? '',
      secretKey: TempCertificate?.SecretKey ?? '',
      startSec: nowSec,
      endSec: nowSec + 60,
    });
    const url = `${stack.url}/cos/${session.StorageBucket}/${session.StorageRegion}${MediaStoragePath}?${query}`;
    const response = await fetch(`${url}&x-cos-security-token=${TempCertificate?.Token}`, {
      method: 'PUT',
      body: content,
    });
    expect(response.status).toBe(200);
    expect((await fetch(url, { method: 'PUT', body: content })).status).toBe(403);
  });
});

describe('access is denied', () => {
  it('without a signature', async () => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, key: 'none' });
    expect(summaryOf(answer)).toBe('403 AccessDenied');
    expect(answer.message).toContain('no COS signature');
  });

  it('with a signature of something else than COS', async () => {
    const headers = { authorization: 'Bearer abc' };
    expect(summaryOf(await callStorage(stack, session, { method: 'PUT', body: content, headers }))).toBe(
      '403 AccessDenied',
    );
  });

  it.each([
    ['a wrong', 'wrong'],
    ['no', null],
  ])('with %s token', async (_what, token) => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, token });
    expect(summaryOf(answer)).toBe('403 AccessDenied');
    expect(answer.message).toContain('x-cos-security-token');
  });

  it('with the key of another upload', async () => {
    const other = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const answer = await callStorage(stack, other, {
      method: 'PUT',
      path: session.MediaStoragePath ?? '',
      body: content,
    });
    expect(summaryOf(answer)).toBe('403 AccessDenied');
    expect(answer.message).toContain('opens only the place');
  });

  it('for a folder beside the one that was opened', async () => {
    const path = (session.MediaStoragePath ?? '').replace(/\/([^/]+)$/, '0/$1');
    expect(summaryOf(await callStorage(stack, session, { method: 'PUT', path, body: content }))).toBe(
      '403 AccessDenied',
    );
    const account = await callStorage(stack, session, { method: 'PUT', path, body: content, key: 'account' });
    expect(summaryOf(account)).toBe('403 AccessDenied');
    expect(account.message).toContain('ApplyUpload');
  });

  it('for a path out of the place', async () => {
    const path = `${session.MediaStoragePath}/../../../escape.mp4`;
    expect(summaryOf(await callStorage(stack, session, { method: 'PUT', path, body: content }))).toBe(
      '403 AccessDenied',
    );
  });

  it('when the upload’s day is over', async () => {
    await setUploadExpired(stack, session.VodSessionKey ?? '');
    const answer = await callStorage(stack, session, { method: 'PUT', body: content });
    expect(summaryOf(answer)).toBe('403 AccessDenied');
    expect(answer.message).toBe('Request has expired');
  });

  it.each([
    ['over', [-1000, -1]],
    ['not open yet', [1000, 2000]],
  ] as const)('when the signature’s time is %s', async (_what, window) => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, window });
    expect(summaryOf(answer)).toBe('403 RequestTimeTooSkewed');
    expect(answer.message).toBe('Request has expired');
  });

  it('with a wrong secret', async () => {
    const answer = await callStorage(stack, session, { method: 'PUT', body: content, secretKey: 'wrong' });
    expect(summaryOf(answer)).toBe('403 SignatureDoesNotMatch');
  });

  it('with a key that does not exist', async () => {
    const answer = await callStorage(stack, session, {
      method: 'PUT',
      body: content,
      secretId: 'AKIDnobody',
    });
    expect(summaryOf(answer)).toBe('403 InvalidAccessKeyId');
  });

  it('to a client that sends many megabytes, which reads the refusal all the same', async () => {
    const body = Buffer.alloc(30_000_000);
    expect(summaryOf(await callStorage(stack, session, { method: 'PUT', body, secretKey: 'wrong' }))).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  it('after the commit, to whatever would change the media', async () => {
    await callStorage(stack, session, { method: 'PUT', body: content });
    const { MediaUrl = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    const before = await listBlobs(stack);
    for (const request of [
      { method: 'PUT', body: 'other' },
      { method: 'PUT', path: session.CoverStoragePath ?? '', body: 'other' },
      { method: 'DELETE' },
      { method: 'POST', query: { uploads: '' } },
    ]) {
      const answer = await callStorage(stack, session, request);
      expect(summaryOf(answer)).toBe('403 AccessDenied');
      expect(answer.message).toContain('committed');
    }
    expect(await listBlobs(stack)).toEqual(before);
    expect((await fetch(MediaUrl)).headers.get('content-length')).toBe(String(content.length));
  });
});

describe('an object', () => {
  beforeEach(async () => {
    await callStorage(stack, session, { method: 'PUT', body: content });
  });

  it('is read whole', async () => {
    const { status, headers, body } = await callStorage(stack, session, { method: 'GET' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      etag: `"${md5Of(content)}"`,
      'content-length': String(content.length),
      'accept-ranges': 'bytes',
      'x-cos-request-id': expect.any(String),
      'last-modified': expect.stringMatching(/GMT$/),
    });
    expect(body.equals(content)).toBe(true);
  });

  it('is read in part', async () => {
    const { status, headers, body } = await callStorage(stack, session, {
      method: 'GET',
      headers: { range: 'bytes=10-19' },
    });
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes 10-19/${content.length}`);
    expect(body.equals(content.subarray(10, 20))).toBe(true);
  });

  it('has no bytes behind its end', async () => {
    const headers = { range: 'bytes=999999-' };
    expect(summaryOf(await callStorage(stack, session, { method: 'GET', headers }))).toBe('416 InvalidRange');
  });

  it('is described by HEAD', async () => {
    const { status, headers, body } = await callStorage(stack, session, { method: 'HEAD' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ etag: `"${md5Of(content)}"`, 'content-length': String(content.length) });
    expect(body).toHaveLength(0);
  });

  it('is gone after DELETE, which may be repeated', async () => {
    const before = await listBlobs(stack);
    for (let count = 0; count < 2; count++) {
      expect((await callStorage(stack, session, { method: 'DELETE' })).status).toBe(204);
    }
    expect(summaryOf(await callStorage(stack, session, { method: 'GET' }))).toBe('404 NoSuchKey');
    const head = await callStorage(stack, session, { method: 'HEAD' });
    expect(head.status).toBe(404);
    expect(head.headers['x-cos-request-id']).toBeDefined();
    expect(await listBlobs(stack)).toHaveLength(before.length - 1);
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' }));
    expect(error.code).toBe('ResourceNotFound');
  });

  it.each([
    ['its access list', { method: 'PUT', query: { acl: '' }, body: '<AccessControlPolicy/>' }],
    ['its tags', { method: 'PUT', query: { tagging: '' }, body: '<Tagging/>' }],
    ['an append', { method: 'POST', query: { append: '', position: '0' }, body: 'x' }],
    [
      'a copy',
      { method: 'PUT', body: '', headers: { 'x-cos-copy-source': 'bucket-1.cos.r.myqcloud.com/key' } },
    ],
    ['the second kind of listing', { method: 'GET', path: '/', query: { 'list-type': '2' } }],
    ['an object without a name', { method: 'PUT', path: '/', body: 'x' }],
    ['the bucket’s deletion', { method: 'DELETE', path: '/' }],
    ['a form', { method: 'POST', body: 'x' }],
  ])('does not become %s', async (_what, request) => {
    expect(summaryOf(await callStorage(stack, session, request))).toBe('501 NotImplemented');
    const { body } = await callStorage(stack, session, { method: 'GET' });
    expect(body.equals(content)).toBe(true);
  });

  it('cannot be named with U+0000', async () => {
    const answer = await callStorage(stack, session, { method: 'GET', path: '/a\0b', key: 'account' });
    expect(summaryOf(answer)).toBe('400 InvalidArgument');
  });
});

describe('browsers', () => {
  it('may upload from any origin, and read what the upload client needs', async () => {
    const answer = await callStorage(stack, session, {
      method: 'OPTIONS',
      key: 'none',
      headers: {
        origin: 'https://example.com',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,x-cos-security-token',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('PUT'),
      'access-control-allow-headers': 'authorization,x-cos-security-token',
      'x-cos-request-id': expect.any(String),
    });
    const put = await callStorage(stack, session, { method: 'PUT', body: content });
    expect(put.headers['access-control-allow-origin']).toBe('*');
    for (const name of ['ETag', 'x-cos-request-id', 'Date']) {
      expect(put.headers['access-control-expose-headers']).toContain(name);
    }
  });

  it('may ask the bucket whether it is there, unsigned', async () => {
    expect((await callStorage(stack, session, { method: 'HEAD', path: '/', key: 'none' })).status).toBe(200);
  });
});
