import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFlatParameters, signV1, verifyV1, type V1Request } from '../src/index.ts';
import vectors from './vectors.json' with { type: 'json' };

const nowSec = 1_700_000_000;

function makeRequest(params: Record<string, string> = {}): V1Request {
  const all = { Action: 'ProcessMedia', Timestamp: String(nowSec), SecretId: 'AKIDtest', ...params };
  return { method: 'POST', host: '127.0.0.1:18080', path: '/', params: new Map(Object.entries(all)) };
}

function withSignature(request: V1Request, signature: string): V1Request {
  return { ...request, params: new Map([...request.params, ['Signature', signature]]) };
}

describe('V1 vectors of the official SDKs', () => {
  test.each(vectors.v1)('$name is signed and accepted', (vector) => {
    const { method, host, path } = vector.request;
    const params = parseFlatParameters(vector.request.body ?? vector.request.query ?? '');
    const request = { method, host, path, params, secretKey: vector.secretKey };
    expect(signV1(request)).toBe(vector.signature);
    expect(verifyV1({ ...request, nowSec })).toEqual({ ok: true });
    expect(verifyV1({ ...request, nowSec, path: '/x' })).toEqual({ ok: false, reason: 'mismatch' });
  });

  test("the documentation's own vector is signed as printed there", () => {
    const params = {
      Action: 'DescribeInstances',
      'InstanceIds.0': 'ins-09dx96dg',
      Limit: '20',
      Nonce: '11886',
      Offset: '0',
      Region: 'ap-guangzhou',
      SecretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
      Timestamp: '1465185768',
      Version: '2017-03-12',
    };
    const signature = signV1({
      method: 'GET',
      host: 'cvm.tencentcloudapi.com',
      path: '/',
      params: new Map(Object.entries(params)),
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
    });
    expect(signature).toBe('EliP9YW3pW28FpsEdkXt/+WcGeI=');
  });
});

test('names are sorted by their bytes, so that A.12 comes before A.2', () => {
  const ordered = makeRequest({ 'A.12': 'x', 'A.2': 'y' });
  const shuffled = { ...ordered, params: new Map([...ordered.params].toReversed()) };
  expect(signV1({ ...ordered, secretKey: 's' })).toBe(signV1({ ...shuffled, secretKey: 's' }));
});

test('names with an underscore may be signed with a dot, as the Python SDK does', () => {
  const sent = makeRequest({ A_B: '1' });
  const signature = signV1({ ...makeRequest({ 'A.B': '1' }), secretKey: 's' });
  expect(verifyV1({ ...withSignature(sent, signature), secretKey: 's', nowSec })).toEqual({ ok: true });
});

test('a missing signature or timestamp is malformed, an old one expired', () => {
  const request = makeRequest();
  const signature = signV1({ ...request, secretKey: 's' });
  const signed = withSignature(request, signature);
  const check = { secretKey: 's', nowSec };
  expect(verifyV1({ ...request, ...check })).toEqual({ ok: false, reason: 'malformed' });
  expect(verifyV1({ ...signed, secretKey: 's', nowSec: nowSec + 301 })).toEqual({
    ok: false,
    reason: 'expired',
  });
  const timeless = withSignature(makeRequest({ Timestamp: 'soon' }), signature);
  expect(verifyV1({ ...timeless, ...check })).toEqual({ ok: false, reason: 'malformed' });
});

function changeOne(text: string, at: number): string {
  const place = at % Math.max(1, text.length);
  return text.slice(0, place) + (text[place] === '1' ? '2' : '1') + text.slice(place + 1);
}

describe('for any parameters', () => {
  const params = fc.dictionary(
    fc
      .stringMatching(/^[A-Z][A-Za-z0-9._]{0,12}$/)
      .filter((name) => name !== 'Signature' && name !== 'Timestamp'),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  );
  const method = fc.constantFrom(undefined, 'HmacSHA1', 'HmacSHA256');

  test('what was signed is accepted, and any other value, method, host or key is not', () => {
    fc.assert(
      fc.property(params, method, (values, signatureMethod) => {
        const request = makeRequest(
          signatureMethod ? { ...values, SignatureMethod: signatureMethod } : values,
        );
        const signed = withSignature(request, signV1({ ...request, secretKey: 's' }));
        const check = { ...signed, secretKey: 's', nowSec };
        expect(verifyV1(check)).toEqual({ ok: true });
        expect(verifyV1({ ...check, params: new Map([...signed.params, ['Extra', '1']]) }).ok).toBe(
          signed.params.get('Extra') === '1',
        );
        expect(verifyV1({ ...check, method: 'GET' }).ok).toBe(false);
        expect(verifyV1({ ...check, host: 'example.com' }).ok).toBe(false);
        expect(verifyV1({ ...check, secretKey: 't' }).ok).toBe(false);
        for (const name of Object.keys(values)) {
          const changed = new Map([...signed.params, [name, `${values[name]}x`]]);
          expect(verifyV1({ ...check, params: changed }).ok).toBe(false);
        }
      }),
    );
  });

  test('one changed character of a value or of the signature is refused', () => {
    fc.assert(
      fc.property(params, method, fc.nat(), fc.nat(), (values, signatureMethod, which, at) => {
        const request = makeRequest({ ...values, SignatureMethod: signatureMethod ?? '' });
        const signed = withSignature(request, signV1({ ...request, secretKey: 's' }));
        const [name, value] = [...signed.params][which % signed.params.size] ?? ['', ''];
        const changed = new Map([...signed.params, [name, changeOne(value, at)]]);
        expect(verifyV1({ ...signed, params: changed, secretKey: 's', nowSec }).ok).toBe(false);
      }),
    );
  });

  test('garbage is refused without an exception', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (query, signature, timestamp) => {
        const flat = parseFlatParameters(query);
        const garbled = new Map([...flat, ['Signature', signature], ['Timestamp', timestamp]]);
        const check = { method: query, host: signature, path: timestamp, secretKey: 's', nowSec };
        expect(verifyV1({ ...check, params: flat }).ok).toBe(false);
        expect(verifyV1({ ...check, params: garbled }).ok).toBe(false);
      }),
    );
  });
});
