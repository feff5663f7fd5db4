import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseTc3Authorization,
  signTc3,
  verifyTc3,
  type RequestHeaders,
  type Tc3SignInput,
  type Verification,
} from '../src/index.ts';
import vectors from './vectors.json' with { type: 'json' };

interface Signed extends Tc3SignInput {
  authorization: string;
}

const nowSec = 1_700_000_000;
const body = '{"FileId":"5285890784418605123"}';

function makeRequest(changes: Partial<Tc3SignInput> = {}): Signed {
  const input: Tc3SignInput = {
    method: 'POST',
    path: '/',
    query: '',
    headers: { 'Content-Type': 'application/json', Host: 'vod.tencentcloudapi.com' },
    body,
    secretId: 'AKIDtest',
    secretKey: 'secret',
    timestampSec: nowSec,
    service: 'vod',
    ...changes,
  };
  return { ...input, authorization: signTc3(input) };
}

function verify(signed: Signed, changes: { headers?: RequestHeaders; nowSec?: number } = {}): Verification {
  return verifyTc3({
    method: signed.method,
    path: signed.path,
    rawQuery: signed.query ?? '',
    headers: {
      ...signed.headers,
      'X-TC-Timestamp': String(signed.timestampSec),
      Authorization: signed.authorization,
      ...changes.headers,
    },
    body: signed.body,
    secretKey: signed.secretKey,
    nowSec: changes.nowSec ?? nowSec,
  });
}

function bodyOf(request: { body?: string; bodyBase64?: string }): Uint8Array {
  return request.bodyBase64 === undefined
    ? Buffer.from(request.body ?? '')
    : Buffer.from(request.bodyBase64, 'base64');
}

describe('TC3 vectors of the official SDKs', () => {
  test.each(vectors.tc3)('$name is signed and accepted', (vector) => {
    const url = new URL(vector.request.url);
    const request = {
      method: vector.request.method,
      path: url.pathname,
      headers: { 'content-type': vector.request.headers['Content-Type'], host: vector.signedHostValue },
      body: bodyOf(vector.request),
    };
    const rawQuery = url.search.slice(1);
    const { secretId, secretKey, service, timestamp } = vector;
    expect(
      signTc3({ ...request, query: rawQuery, secretId, secretKey, service, timestampSec: timestamp }),
    ).toBe(vector.authorization);
    const headers = { ...vector.request.headers, Authorization: vector.authorization };
    expect(verifyTc3({ ...request, rawQuery, headers, secretKey, nowSec: timestamp })).toEqual({ ok: true });
  });

  test("the documentation's own vector is signed as printed there", () => {
    const authorization = signTc3({
      method: 'GET',
      path: '/',
      query: 'Limit=10&Offset=0',
      headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'cvm.tencentcloudapi.com' },
      body: '',
      secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      timestampSec: 1_539_084_154,
      service: 'cvm',
    });
    expect(authorization).toContain(
      'Signature=5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474',
    );
  });
});

describe('what may be signed', () => {
  test('a host with a port is accepted whether the client signed the port or not', () => {
    const wire = { headers: { Host: '127.0.0.1:18080' } };
    const type = { 'Content-Type': 'application/json' };
    expect(verify(makeRequest({ headers: { ...type, Host: '127.0.0.1' } }), wire).ok).toBe(true);
    expect(verify(makeRequest({ headers: { ...type, Host: '127.0.0.1:18080' } }), wire).ok).toBe(true);
    expect(verify(makeRequest({ headers: { ...type, Host: '127.0.0.1:18081' } }), wire).ok).toBe(false);
  });

  test('header values are accepted as sent and in lower case', () => {
    const names = ['content-type', 'host', 'x-tc-action'];
    const sent = {
      'Content-Type': 'application/json; charset=UTF-8',
      Host: 'localhost',
      'X-TC-Action': 'ProcessMedia',
    };
    const lowered = { ...sent, 'Content-Type': 'application/json; charset=utf-8' };
    for (const signed of [sent, lowered, { ...lowered, 'X-TC-Action': 'processmedia' }]) {
      const request = makeRequest({ headers: signed, signedHeaders: names });
      expect(verify(request, { headers: sent })).toEqual({ ok: true });
    }
  });

  test('a header that is named in SignedHeaders is covered, others are not', () => {
    const headers = { 'Content-Type': 'application/json', Host: 'localhost', 'X-TC-Action': 'A' };
    const covered = makeRequest({ headers, signedHeaders: ['content-type', 'host', 'x-tc-action'] });
    const other = { headers: { 'X-TC-Action': 'B' } };
    expect(verify(covered, other)).toEqual({ ok: false, reason: 'mismatch' });
    expect(verify(makeRequest({ headers }), other)).toEqual({ ok: true });
  });

  test('UNSIGNED-PAYLOAD lets the body differ, but only when the client signed it so', () => {
    const headers = {
      'Content-Type': 'application/json',
      Host: 'localhost',
      'X-TC-Content-SHA256': 'UNSIGNED-PAYLOAD',
    };
    const request = makeRequest({ headers });
    expect(verify({ ...request, body: 'other' })).toEqual({ ok: true });
    expect(verify(makeRequest(), { headers }).ok).toBe(false);
  });

  test('the hash of a streamed body may be given instead of the body', () => {
    const signed = makeRequest({ body: '' });
    const headers = {
      ...signed.headers,
      'X-TC-Timestamp': String(nowSec),
      Authorization: signed.authorization,
    };
    const bodySha256Hex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const request = { method: 'POST', path: '/', rawQuery: '', headers, secretKey: 'secret', nowSec };
    expect(verifyTc3({ ...request, bodySha256Hex })).toEqual({ ok: true });
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Written out by hand: signTc3 cannot make a signature for the wrong date. */
function signFor(date: string): string {
  const canonical = `POST\n/\n\ncontent-type:application/json\nhost:vod.tencentcloudapi.com\n\ncontent-type;host\n${sha256(body)}`;
  const scope = `${date}/vod/tc3_request`;
  const key = hmac(hmac(hmac('TC3secret', date), 'vod'), 'tc3_request');
  const text = `TC3-HMAC-SHA256\n${nowSec}\n${scope}\n${sha256(canonical)}`;
  return `TC3-HMAC-SHA256 Credential=AKIDtest/${scope}, SignedHeaders=content-type;host, Signature=${hmac(key, text).toString('hex')}`;
}

describe('what is refused', () => {
  test('a request older or newer than five minutes is expired', () => {
    for (const [offset, ok] of [
      [300, true],
      [-300, true],
      [301, false],
      [-301, false],
    ] as const) {
      const result = verify(makeRequest(), { nowSec: nowSec + offset });
      expect(result).toEqual(ok ? { ok: true } : { ok: false, reason: 'expired' });
    }
  });

  test('a credential date that is not the UTC date of the timestamp is a mismatch, however well it is signed', () => {
    const signed = makeRequest();
    expect(verify({ ...signed, authorization: signFor('2023-11-14') })).toEqual({ ok: true });
    expect(verify({ ...signed, authorization: signFor('2023-11-15') })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  test('a header that does not sign content-type and host, or cannot be read, is malformed', () => {
    const good = makeRequest().authorization;
    expect(parseTc3Authorization(good)).toMatchObject({ secretId: 'AKIDtest', service: 'vod' });
    for (const bad of [
      '',
      'SKIP',
      good.replace('content-type;host', 'host'),
      good.replace('content-type;host', 'content-type'),
      good.slice(0, -1),
      good.replace('TC3', 'TC4'),
      `${good}, x`,
    ]) {
      expect(parseTc3Authorization(bad)).toBeNull();
      expect(verify({ ...makeRequest(), authorization: bad })).toEqual({ ok: false, reason: 'malformed' });
    }
  });

  test('a missing or strange timestamp is malformed', () => {
    for (const value of ['', 'now', '1e9', '-5', '99999999999999999999']) {
      const result = verify(makeRequest(), { headers: { 'X-TC-Timestamp': value } });
      expect(result).toEqual({ ok: false, reason: 'malformed' });
    }
  });

  test('a signed header that was not sent is malformed', () => {
    const result = verify(makeRequest(), { headers: { Host: undefined } });
    expect(result).toEqual({ ok: false, reason: 'malformed' });
  });

  test('signing without a header that is to be signed is a programming error', () => {
    expect(() => makeRequest({ headers: { Host: 'localhost' } })).toThrow(RangeError);
  });
});

describe('for any request', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const headerValue = fc.stringMatching(/^[ -~]{1,30}$/);
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.constantFrom('/', '/api/'),
    query: fc.webQueryParameters(),
    headers: fc.record({ 'Content-Type': headerValue, Host: fc.domain() }),
    body: fc.oneof(text, fc.uint8Array({ maxLength: 50 })),
    secretKey: fc.string({ minLength: 1 }),
    timestampSec: fc.integer({ min: 0, max: 4_000_000_000 }),
    service: fc.constantFrom('vod', '127', 'localhost:18080'),
  });

  test('what was signed is accepted', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const signed = makeRequest(request);
        expect(verify(signed, { nowSec: request.timestampSec })).toEqual({ ok: true });
      }),
    );
  });

  test('one changed byte in the body, the query or the signature breaks it', () => {
    fc.assert(
      fc.property(requests, fc.nat(), fc.integer({ min: 1, max: 255 }), (request, position, flip) => {
        const signed = makeRequest(request);
        const bytes = Buffer.concat([Buffer.from(signed.body), Buffer.from([0])]);
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const now = { nowSec: request.timestampSec };
        expect(verify({ ...signed, body: bytes }, now).ok).toBe(false);
        expect(verify({ ...signed, query: `${signed.query}x` }, now).ok).toBe(false);
        const digit = signed.authorization.length - 1 - (position % 64);
        const other = signed.authorization[digit] === '0' ? '1' : '0';
        const authorization =
          signed.authorization.slice(0, digit) + other + signed.authorization.slice(digit + 1);
        expect(verify({ ...signed, authorization }, now).ok).toBe(false);
        expect(verify({ ...signed, secretKey: `${signed.secretKey}x` }, now).ok).toBe(false);
      }),
    );
  });

  test('garbage is refused without an exception', () => {
    const good = makeRequest();
    fc.assert(
      fc.property(text, text, text, fc.nat({ max: 250 }), (authorization, timestamp, host, at) => {
        const spliced = good.authorization.slice(0, at) + authorization + good.authorization.slice(at + 1);
        for (const header of [authorization, spliced]) {
          const headers = { 'X-TC-Timestamp': timestamp, Host: host };
          expect(verify({ ...good, authorization: header }, { headers }).ok).toBe(false);
        }
      }),
    );
  });
});
