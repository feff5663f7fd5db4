import { createHash, createHmac } from 'node:crypto';
import COS from 'cos-nodejs-sdk-v5';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findCosAuthorization,
  parseCosAuthorization,
  presignCosV5,
  signCosV5,
  verifyCosV5,
  type CosSignInput,
  type CosVerifyInput,
} from '../src/index.ts';
import vectors from './vectors.json' with { type: 'json' };

const startSec = 1_700_000_000;
const endSec = startSec + 3600;
const key = { secretId: 'AKIDtest', secretKey: 'secret', startSec, endSec };

function toWirePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function toWireQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function toRequest(input: CosSignInput, authorization = signCosV5(input)): CosVerifyInput {
  return {
    method: input.method,
    rawPath: toWirePath(input.path),
    rawQuery: toWireQuery(input.query ?? {}),
    headers: { ...input.headers, Authorization: authorization },
    secretKey: input.secretKey,
    nowSec: startSec,
  };
}

function toTexts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

describe('COS v5 vectors of the official SDK', () => {
  test.each(vectors.cosV5)('$name is signed and accepted', (vector) => {
    const query = toTexts(vector.request.query);
    const headers = toTexts(vector.request.headers);
    const { secretId, secretKey, authorization, request } = vector;
    const input = { method: request.method, path: request.decodedPath, query, headers, secretId, secretKey };
    expect(signCosV5({ ...input, startSec, endSec })).toBe(authorization);
    const sent = {
      method: request.method,
      rawPath: request.wirePath,
      rawQuery: toWireQuery(query),
      secretKey,
    };
    const wire = { ...sent, headers: { ...headers, Authorization: authorization } };
    expect(verifyCosV5({ ...wire, nowSec: startSec })).toEqual({ ok: true });
    expect(verifyCosV5({ ...wire, nowSec: startSec, rawPath: '/other' })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });
});

describe('what is covered', () => {
  test('nothing has to be listed, as browsers sign neither host nor parameters', () => {
    const request = toRequest({ ...key, method: 'PUT', path: '/a.mp4' });
    expect(verifyCosV5({ ...request, rawQuery: 'partNumber=1&uploadId=x' })).toEqual({ ok: true });
  });

  test('a parameter without a value is signed as an empty one', () => {
    const request = toRequest({ ...key, method: 'GET', path: '/', query: { uploads: '', prefix: 'a/b' } });
    expect(verifyCosV5({ ...request, rawQuery: 'uploads&prefix=a%2Fb' })).toEqual({ ok: true });
  });

  test('a plus sign in the query is a space', () => {
    const request = toRequest({ ...key, method: 'GET', path: '/', query: { prefix: 'a b+c' } });
    expect(verifyCosV5({ ...request, rawQuery: 'prefix=a+b%2Bc' })).toEqual({ ok: true });
  });

  test('a path is taken as it is, dots included', () => {
    const request = toRequest({ ...key, method: 'GET', path: '/a/b' });
    expect(verifyCosV5({ ...request, rawPath: '/a/x/../b' })).toEqual({ ok: false, reason: 'mismatch' });
  });

  test('a listed header that a proxy dropped because it was empty counts as empty', () => {
    const request = toRequest({ ...key, method: 'POST', path: '/a', headers: { 'Content-Type': '' } });
    const { Authorization } = request.headers;
    expect(verifyCosV5({ ...request, headers: { Authorization } })).toEqual({ ok: true });
  });
});

describe('presigned URLs', () => {
  const input = {
    ...key,
    method: 'GET',
    path: '/目录/a b.mp4',
    query: { 'response-content-type': 'video/mp4' },
  };

  test('the query alone is enough', () => {
    const rawQuery = presignCosV5(input);
    const request = { ...toRequest(input), headers: {}, rawQuery };
    expect(findCosAuthorization(request)?.secretId).toBe('AKIDtest');
    expect(verifyCosV5(request)).toEqual({ ok: true });
    expect(verifyCosV5({ ...request, nowSec: endSec + 1 })).toEqual({ ok: false, reason: 'expired' });
    const changed = rawQuery.replace('video%2Fmp4', 'text%2Fhtml');
    expect(verifyCosV5({ ...request, rawQuery: changed })).toEqual({ ok: false, reason: 'mismatch' });
  });

  test('URLs made by the official SDK are accepted', () => {
    const cos = new COS({ SecretId: 'AKIDtest', SecretKey: 'secret' });
    const url = cos.getObjectUrl(
      { Bucket: 'local-1251000000', Region: 'ap-guangzhou', Key: "dir/a b+中文'(1).mp4", Sign: true },
      () => undefined,
    );
    const { host, pathname, search } = new URL(url);
    const request = { method: 'GET', rawPath: pathname, rawQuery: search.slice(1), headers: { host } };
    const authorization = findCosAuthorization(request);
    const nowSec = Number(authorization?.signTime.split(';')[0]);
    expect(verifyCosV5({ ...request, secretKey: 'secret', nowSec })).toEqual({ ok: true });
    expect(verifyCosV5({ ...request, secretKey: 'other', nowSec })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });
});

test('the window is open from five minutes before its start to its end', () => {
  const request = toRequest({ ...key, method: 'GET', path: '/a' });
  const expired = { ok: false, reason: 'expired' };
  expect(verifyCosV5({ ...request, nowSec: startSec - 300 })).toEqual({ ok: true });
  expect(verifyCosV5({ ...request, nowSec: endSec })).toEqual({ ok: true });
  expect(verifyCosV5({ ...request, nowSec: startSec - 301 })).toEqual(expired);
  expect(verifyCosV5({ ...request, nowSec: endSec + 1 })).toEqual(expired);
});

test('the window of the derived key counts as well as that of the signature', () => {
  const signTime = `${startSec};${endSec}`;
  const keyTime = `${startSec};${startSec + 60}`;
  const signKey = createHmac('sha1', 'secret').update(keyTime).digest('hex');
  const digest = createHash('sha1').update('get\n/a\n\n\n').digest('hex');
  const signature = createHmac('sha1', signKey).update(`sha1\n${signTime}\n${digest}\n`).digest('hex');
  const authorization = `q-sign-algorithm=sha1&q-ak=AKIDtest&q-sign-time=${signTime}&q-key-time=${keyTime}&q-header-list=&q-url-param-list=&q-signature=${signature}`;
  const request = toRequest({ ...key, method: 'GET', path: '/a' }, authorization);
  expect(verifyCosV5({ ...request, nowSec: startSec + 60 })).toEqual({ ok: true });
  expect(verifyCosV5({ ...request, nowSec: startSec + 61 })).toEqual({ ok: false, reason: 'expired' });
});

test('an incomplete signature or a path that cannot be decoded is malformed', () => {
  const input = { ...key, method: 'GET', path: '/a' };
  const good = signCosV5(input);
  for (const bad of [
    '',
    'q-ak=x',
    good.replace('sha1', 'sha256'),
    good.slice(0, -1),
    good.replace(';', '-'),
  ]) {
    expect(parseCosAuthorization(bad)).toBeNull();
    expect(verifyCosV5(toRequest(input, bad))).toEqual({ ok: false, reason: 'malformed' });
  }
  expect(verifyCosV5({ ...toRequest(input), rawPath: '/%E4%' })).toEqual({ ok: false, reason: 'malformed' });
});

describe('for any request', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/).filter((word) => !word.startsWith('q-'));
  const inputs = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'DELETE'),
    path: text.map((tail) => `/${tail.toWellFormed()}`),
    query: fc.dictionary(
      name,
      text.map((value) => value.toWellFormed()),
      { maxKeys: 5, noNullPrototype: true },
    ),
    headers: fc.dictionary(
      name.map((word) => `x-cos-${word}`),
      fc.stringMatching(/^[!-~]{1,20}$/),
      { maxKeys: 5, noNullPrototype: true },
    ),
  });

  test('what was signed is accepted, in the header and in the query', () => {
    fc.assert(
      fc.property(inputs, (request) => {
        const input = { ...key, ...request };
        expect(verifyCosV5(toRequest(input))).toEqual({ ok: true });
        const presigned = { ...toRequest(input), headers: request.headers, rawQuery: presignCosV5(input) };
        expect(verifyCosV5(presigned)).toEqual({ ok: true });
      }),
    );
  });

  test('the official SDK makes the same signature', () => {
    fc.assert(
      fc.property(inputs, ({ method, path, query, headers }) => {
        // For a key with a leading slash it signs one slash less than it sends.
        fc.pre(!path.startsWith('//'));
        const official = COS.getAuthorization({
          SecretId: key.secretId,
          SecretKey: key.secretKey,
          Method: method as COS.Method,
          Key: path.slice(1),
          Query: query,
          Headers: headers,
          KeyTime: `${startSec};${endSec}`,
        });
        const request = toRequest({ ...key, method, path, query, headers }, official);
        expect(verifyCosV5(request)).toEqual({ ok: true });
      }),
    );
  });

  test('any other path, method, value, key or signature is refused', () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: 39 }), (request, position) => {
        const input = { ...key, ...request };
        const good = toRequest(input);
        const bad: CosVerifyInput[] = [
          { ...good, rawPath: `${good.rawPath}x` },
          { ...good, method: `${good.method}X` },
          { ...good, secretKey: 'other' },
          toRequest(input, changeDigit(signCosV5(input), position)),
        ];
        for (const [field, value] of Object.entries(request.query)) {
          const query = { ...request.query, [field]: `${value}x` };
          bad.push({ ...good, rawQuery: toWireQuery(query) });
        }
        for (const [field, value] of Object.entries(request.headers)) {
          bad.push({ ...good, headers: { ...good.headers, [field]: `${value}x` } });
        }
        for (const candidate of bad)
          expect(verifyCosV5(candidate)).toEqual({ ok: false, reason: 'mismatch' });
      }),
    );
  });

  test('garbage is refused without an exception', () => {
    const any = fc.string({ unit: 'binary' });
    const good = signCosV5({ ...key, method: 'GET', path: '/' });
    fc.assert(
      fc.property(any, any, any, fc.nat({ max: good.length }), (authorization, rawPath, rawQuery, at) => {
        const spliced = good.slice(0, at) + authorization + good.slice(at + 1);
        for (const header of [authorization, spliced]) {
          const headers = { Authorization: header };
          const request = { method: 'PUT', rawPath, rawQuery, headers, secretKey: 's', nowSec: startSec };
          expect(verifyCosV5(request).ok).toBe(false);
        }
      }),
    );
  });
});

function changeDigit(authorization: string, position: number): string {
  const at = authorization.length - 1 - position;
  const other = authorization[at] === '0' ? '1' : '0';
  return authorization.slice(0, at) + other + authorization.slice(at + 1);
}
