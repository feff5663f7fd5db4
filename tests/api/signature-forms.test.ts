import { createHash, createHmac } from 'node:crypto';
import { flattenParameters, signTc3, signV1 } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiAnswer, callApi } from '../support/api-call.ts';
import { errorOf } from '../support/error-of.ts';
import { sendRaw } from '../support/raw-request.ts';
import { createServiceClient } from '../support/service-client.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

// What clients in the wild send beside the official SDKs' usual requests.

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

const nowSec = (): number => Math.floor(Date.now() / 1000);

describe('a multipart form', () => {
  it('is understood from the official client, names flattened', async () => {
    const client = createServiceClient(stack, { version: '2018-07-17' });
    const request = { 'FileIds.0': '5285000000000000001', 'FileIds.1': 'ünï\r\n--x', SubAppId: '0' };
    const answer: unknown = await client.request('DescribeMediaInfos', request, { multipart: true });
    expect(answer).toMatchObject({ NotExistFileIdSet: ['5285000000000000001', 'ünï\r\n--x'] });
  });

  it('is refused with a wrong key', async () => {
    const client = createServiceClient(stack, { version: '2018-07-17', secretKey: 'wrong' });
    const call = client.request('DescribeEventConfig', { SubAppId: '0' }, { multipart: true });
    expect((await errorOf(call)).code).toBe('AuthFailure.SignatureFailure');
  });

  it.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    [
      'cut off',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="A"\r\n\r\n1',
    ],
    ['that is JSON', 'multipart/form-data; boundary=b', '{"SubAppId":0}'],
  ])('is refused %s', async (_what, contentType, body) => {
    const { error, status } = await callApi(stack, { contentType, body });
    expect({ status, code: error?.Code }).toEqual({ status: 200, code: 'InvalidRequest' });
  });

  it('cannot bring U+0000 into the database', async () => {
    const contentType = 'multipart/form-data; boundary=b';
    const body = '--b\r\nContent-Disposition: form-data; name="A"\r\n\r\n\0\r\n--b--\r\n';
    expect((await callApi(stack, { contentType, body })).error?.Code).toBe('InvalidParameter');
  });
});

describe('JSON', () => {
  it.each([
    'application/octet-stream',
    'application/octet-stream; charset=utf-8',
    'text/plain',
    'APPLICATION/JSON; Charset=UTF-8',
    'application/x-www-form-urlencoded',
    'text/xml',
  ])('is understood whatever its label: %s', async (contentType) => {
    const { error, response } = await callApi(stack, { contentType, body: '{"SubAppId":0}' });
    expect(error).toBeUndefined();
    expect(response['Mode']).toBe('PUSH');
  });
});

it('is refused with a content type that is none', async () => {
  const { error, status } = await callApi(stack, { contentType: 'no type at all' });
  expect({ status, code: error?.Code }).toEqual({ status: 200, code: 'InvalidRequest' });
});

/** Signs what is in `headers` and sends it under names in the given case. */
async function sendSigned(
  headers: Record<string, string>,
  toName: (name: string) => string = (name) => name,
): Promise<ApiAnswer> {
  const timestampSec = nowSec();
  const all = { 'content-type': 'application/json', host: new URL(stack.url).host, ...headers };
  const authorization = signTc3({
    ...stack.server.credentials,
    method: 'POST',
    path: '/',
    headers: all,
    body: '{}',
    timestampSec,
    service: 'vod',
    signedHeaders: Object.keys(all),
  });
  const sent = {
    ...all,
    authorization,
    'x-tc-action': 'DescribeEventConfig',
    'x-tc-version': '2018-07-17',
    'x-tc-timestamp': String(timestampSec),
  };
  const named = Object.entries(sent).map(([name, value]) => [toName(name), value]);
  return await sendRaw({ url: stack.url, headers: Object.fromEntries(named), body: '{}' });
}

describe('a header', () => {
  it.each([
    ['lower', (name: string) => name],
    ['upper', (name: string) => name.toUpperCase()],
    ['title', (name: string) => name.replace(/\b\w/g, (letter) => letter.toUpperCase())],
  ])('may be named in %s case', async (_case, toName) => {
    const answer = await sendSigned({}, toName);
    expect(answer.error).toBeUndefined();
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('may be signed beside those that must be, with blanks around its value', async () => {
    const answer = await sendSigned({ 'x-tc-region': 'ap-guangzhou', 'x-custom': '  two  words  ' });
    expect(answer.error).toBeUndefined();
  });
});

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** By hand: no client makes a scope of another day than its timestamp. */
function signForDate(date: string, timestampSec: number): string {
  const { secretId, secretKey } = stack.server.credentials;
  const { host } = new URL(stack.url);
  const canonical = `POST\n/\n\ncontent-type:application/json\nhost:${host}\n\ncontent-type;host\n${hash('{}')}`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), 'vod'), 'tc3_request');
  const text = `TC3-HMAC-SHA256\n${timestampSec}\n${date}/vod/tc3_request\n${hash(canonical)}`;
  return `TC3-HMAC-SHA256 Credential=${secretId}/${date}/vod/tc3_request, SignedHeaders=content-type;host, Signature=${hmac(key, text).toString('hex')}`;
}

describe('the date of a TC3 scope', () => {
  it.each([
    [0, undefined],
    [-1, 'AuthFailure.SignatureFailure'],
    [1, 'AuthFailure.SignatureFailure'],
  ])('%d days from the timestamp’s ends with %s', async (days, code) => {
    const timestampSec = nowSec();
    const date = new Date((timestampSec + days * 86_400) * 1000).toISOString().slice(0, 10);
    const headers = {
      authorization: signForDate(date, timestampSec),
      'x-tc-timestamp': String(timestampSec),
    };
    expect((await callApi(stack, { headers })).error?.Code).toBe(code);
  });
});

describe('a V1 request', () => {
  const labels = ['application/x-www-form-urlencoded', 'application/json', 'text/plain'];
  const methods = [undefined, 'HmacSHA1', 'HmacSHA256'];

  async function sendV1(
    method: 'GET' | 'POST',
    { label = labels[0] ?? '', signatureMethod }: { label?: string; signatureMethod?: string | undefined },
    change: (form: URLSearchParams) => void = () => undefined,
  ): Promise<ApiAnswer> {
    const { secretId, secretKey } = stack.server.credentials;
    const params = flattenParameters({
      Action: 'DescribeMediaInfos',
      Version: '2018-07-17',
      FileIds: ['a b+c', '中文&='],
      Timestamp: nowSec(),
      Nonce: 7,
      SecretId: secretId,
      SignatureMethod: signatureMethod,
    });
    const { host } = new URL(stack.url);
    params.set('Signature', signV1({ method, host, path: '/', params, secretKey }));
    const form = new URLSearchParams([...params]);
    change(form);
    const headers = { 'Content-Type': label };
    return method === 'GET'
      ? await sendRaw({ url: `${stack.url}/?${String(form)}`, method, headers })
      : await sendRaw({ url: stack.url, headers, body: String(form) });
  }

  it.each(labels.flatMap((label) => methods.map((signatureMethod) => ({ label, signatureMethod }))))(
    'is understood by POST as $label with $signatureMethod',
    async (options) => {
      const { error, response } = await sendV1('POST', options);
      expect(error).toBeUndefined();
      expect(response['NotExistFileIdSet']).toEqual(['a b+c', '中文&=']);
    },
  );

  it.each(methods)('is understood by GET with %s', async (signatureMethod) => {
    const { error, response } = await sendV1('GET', { signatureMethod });
    expect(error).toBeUndefined();
    expect(response['NotExistFileIdSet']).toEqual(['a b+c', '中文&=']);
  });

  it('is refused when its method was changed, or a parameter added', async () => {
    const other = await sendV1('POST', { signatureMethod: 'HmacSHA256' }, (form) =>
      form.set('SignatureMethod', 'HmacSHA1'),
    );
    expect(other.error?.Code).toBe('AuthFailure.SignatureFailure');
    const longer = await sendV1('GET', {}, (form) => form.append('FileIds.2', 'x'));
    expect(longer.error?.Code).toBe('AuthFailure.SignatureFailure');
  });

  it('is refused to an id that no key has, and to one that none can have', async () => {
    const unknown = await sendV1('POST', {}, (form) => form.set('SecretId', 'AKIDnobody'));
    expect(unknown.error?.Code).toBe('AuthFailure.SecretIdNotFound');
    const malformed = await sendV1('POST', {}, (form) => form.set('SecretId', 'a b'));
    expect(malformed.error?.Code).toBe('AuthFailure.InvalidSecretId');
  });
});
