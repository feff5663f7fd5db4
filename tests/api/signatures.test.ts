import { flattenParameters, signTc3, signV1 } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiAnswer, callApi, post, readAnswer } from '../support/api-call.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

/** What every answer has, whatever happened: SDKs lose the error of anything else. */
function expectEnvelope(answer: ApiAnswer): void {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.response.RequestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
}

function signedForm(method: 'GET' | 'POST', changes: Record<string, string> = {}): URLSearchParams {
  const { secretId, secretKey } = stack.server.credentials;
  const params = new Map([
    ...flattenParameters({ FileIds: ['5285000000000000000'], SubAppId: 0 }),
    ...Object.entries({
      Action: 'DescribeMediaInfos',
      Version: '2018-07-17',
      Timestamp: String(Math.floor(Date.now() / 1000)),
      Nonce: '4711',
      SecretId: secretId,
      ...changes,
    }),
  ]);
  const Signature = signV1({ method, host: new URL(stack.url).host, path: '/', params, secretKey });
  return new URLSearchParams([...params, ['Signature', Signature]]);
}

describe('the official client', () => {
  const ways = ['TC3-HMAC-SHA256', 'HmacSHA1', 'HmacSHA256'].flatMap((signMethod) =>
    ['POST', 'GET'].map((reqMethod) => ({ signMethod, reqMethod })),
  );

  it.each(ways)('is understood with $signMethod and $reqMethod', async (way) => {
    const answer = await stack.createClient(way).DescribeMediaInfos({
      FileIds: ['5285000000000000001', '5285 & ünï=+'],
      SubAppId: 0,
    });
    expect(answer.MediaInfoSet).toEqual([]);
    expect(answer.NotExistFileIdSet).toEqual(['5285000000000000001', '5285 & ünï=+']);
    expect(answer.RequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(ways)('is refused with a wrong key over $signMethod and $reqMethod', async (way) => {
    const error = await errorOf(stack.createClient({ ...way, secretKey: 'wrong' }).DescribeEventConfig({}));
    expect(error.code).toBe('AuthFailure.SignatureFailure');
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(ways)('is refused with an unknown SecretId over $signMethod and $reqMethod', async (way) => {
    const error = await errorOf(
      stack.createClient({ ...way, secretId: 'AKIDnobody' }).DescribeEventConfig({}),
    );
    expect(error.code).toBe('AuthFailure.SecretIdNotFound');
  });
});

describe('a TC3 signature', () => {
  it.each([
    ['with the port, as Python and Go sign it', () => new URL(stack.url).host],
    ['without the port, as Node signs it', () => new URL(stack.url).hostname],
  ])('may cover the host %s', async (_form, host) => {
    const answer = await callApi(stack, { signedHost: host() });
    expectEnvelope(answer);
    expect(answer.error).toBeUndefined();
    expect(answer.response['Mode']).toBe('PUSH');
  });

  it('must not cover another host', async () => {
    const answer = await callApi(stack, { signedHost: 'vod.tencentcloudapi.com' });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.SignatureFailure');
  });

  it.each([-290, 290])('holds when the clock is off by %d s', async (skewSec) => {
    const answer = await callApi(stack, { skewSec });
    expect(answer.error).toBeUndefined();
  });

  it.each([-400, 400])('has expired when the clock is off by %d s', async (skewSec) => {
    const answer = await callApi(stack, { skewSec });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.SignatureExpire');
    expect(answer.error?.Message).toContain('5 minutes');
  });

  it('does not fit a body that was changed on its way', async () => {
    const answer = await callApi(stack, { body: '{"SubAppId":1}', signedBody: '{"SubAppId":0}' });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.SignatureFailure');
  });

  it('covers no body when the client says so', async () => {
    const answer = await callApi(stack, {
      body: '{"SubAppId":0}',
      signedBody: 'UNSIGNED-PAYLOAD',
      headers: { 'x-tc-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    expect(answer.error).toBeUndefined();
  });

  it('covers the content type as it was sent, charset and all', async () => {
    const answer = await callApi(stack, { contentType: 'application/json; charset=utf-8' });
    expectEnvelope(answer);
    expect(answer.error).toBeUndefined();
  });

  it('may cover more headers than the SDKs sign', async () => {
    const timestampSec = Math.floor(Date.now() / 1000);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-tc-action': 'DescribeEventConfig',
      'x-tc-version': '2018-07-17',
      'x-tc-timestamp': String(timestampSec),
    };
    const { secretId, secretKey } = stack.server.credentials;
    const authorization = signTc3({
      method: 'POST',
      path: '/',
      headers: { ...headers, host: new URL(stack.url).host, 'x-tc-action': 'describeeventconfig' },
      body: '{}',
      secretId,
      secretKey,
      timestampSec,
      service: 'vod',
      signedHeaders: ['content-type', 'host', 'x-tc-action'],
    });
    const answer = await post(stack, '{}', { ...headers, authorization });
    expect(answer.error).toBeUndefined();
  });

  it.each([
    ['no signature at all', 'TC3-HMAC-SHA256'],
    ['another scheme', 'Bearer abc'],
    [
      'a signature that is too short',
      'TC3-HMAC-SHA256 Credential=AKID/2026-01-01/vod/tc3_request, SignedHeaders=content-type;host, Signature=abc',
    ],
    [
      'a host that is not signed',
      `TC3-HMAC-SHA256 Credential=AKID/2026-01-01/vod/tc3_request, SignedHeaders=content-type, Signature=${'0'.repeat(64)}`,
    ],
  ])('cannot be read with %s', async (_what, authorization) => {
    const answer = await callApi(stack, { headers: { authorization } });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.InvalidAuthorization');
  });

  it('needs a timestamp that is a number', async () => {
    const answer = await callApi(stack, { headers: { 'x-tc-timestamp': 'now' } });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.InvalidAuthorization');
  });

  it('must be there', async () => {
    const answer = await post(stack, '{}', {
      'content-type': 'application/json',
      'x-tc-action': 'DescribeEventConfig',
      'x-tc-version': '2018-07-17',
    });
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('MissingParameter');
    expect(answer.error?.Message).toContain('not signed');
  });
});

describe('a V1 signature', () => {
  it('is understood in a form that is labelled application/json', async () => {
    const answer = await post(stack, String(signedForm('POST')), { 'content-type': 'application/json' });
    expectEnvelope(answer);
    expect(answer.error).toBeUndefined();
    expect(answer.response['NotExistFileIdSet']).toEqual(['5285000000000000000']);
  });

  it('means HmacSHA1 when no method is named, and is understood in a query', async () => {
    const answer = await readAnswer(await fetch(`${stack.url}/?${String(signedForm('GET'))}`));
    expectEnvelope(answer);
    expect(answer.error).toBeUndefined();
  });

  it('does not fit a form that was changed on its way', async () => {
    const form = signedForm('POST');
    form.set('FileIds.0', '5285000000000000009');
    const answer = await post(stack, String(form));
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.SignatureFailure');
  });

  it('expires', async () => {
    const Timestamp = String(Math.floor(Date.now() / 1000) - 400);
    const answer = await post(stack, String(signedForm('POST', { Timestamp })));
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('AuthFailure.SignatureExpire');
  });

  it('must be there', async () => {
    const form = signedForm('POST');
    form.delete('Signature');
    const answer = await post(stack, String(form));
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('MissingParameter');
  });

  it('cannot bring U+0000 into the database', async () => {
    const answer = await post(stack, String(signedForm('POST', { SecretId: 'AKID\0' })));
    expectEnvelope(answer);
    expect(answer.error?.Code).toBe('InvalidParameter');
    expect(answer.error?.Message).toContain('U+0000');
  });
});

describe('the trace id', () => {
  it('comes back in answers and in errors', async () => {
    const trace = { 'x-tc-traceid': 'e5fac8cd-a917-42a5-8631-c4b97d9142c8' };
    const answer = await callApi(stack, { headers: trace });
    expect(answer.headers.get('x-tc-traceid')).toBe(trace['x-tc-traceid']);
    const refused = await callApi(stack, { secretKey: 'wrong', headers: trace });
    expect(refused.headers.get('x-tc-traceid')).toBe(trace['x-tc-traceid']);
  });

  it('is not repeated when it is not an id', async () => {
    const answer = await callApi(stack, { headers: { 'x-tc-traceid': '<script>' } });
    expect(answer.headers.get('x-tc-traceid')).toBeNull();
  });
});

it('answers concurrent calls with a RequestId each', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => stack.client.DescribeEventConfig({})));
  expect(new Set(answers.map(({ RequestId }) => RequestId)).size).toBe(20);
});
