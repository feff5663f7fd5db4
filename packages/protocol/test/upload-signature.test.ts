import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createUploadSignature,
  parseUploadSignature,
  verifyUploadSignature,
  type UploadSignatureFields,
} from '../src/index.ts';
import vectors from './vectors.json' with { type: 'json' };

const nowSec = 1_700_000_000;
const secretKey = 'secret';
const fields: UploadSignatureFields = {
  secretId: 'AKIDtest',
  currentTimeStamp: nowSec,
  expireTime: nowSec + 600,
  random: 654_321,
};

describe('upload signatures made by the official demos', () => {
  test.each(vectors.ugcUploadSignature)('$name is accepted and read', (vector) => {
    const result = verifyUploadSignature(vector.signature, {
      secretKey: vector.secretKey,
      nowSec: vector.now,
    });
    const expected = Object.entries(vector.parsed).map(([name, value]) => [name, String(value)]);
    const parsed = parseUploadSignature(vector.signature);
    expect(result.ok).toBe(true);
    expect(Object.fromEntries(parsed?.params ?? [])).toEqual(Object.fromEntries(expected));
    expect(Buffer.from(parsed?.original ?? []).toString()).toBe(vector.original);
    expect(Buffer.from(parsed?.mac ?? []).toString('hex')).toBe(vector.hmacSha1Hex);
  });

  test('ours is the same text for the same fields', () => {
    const [vector] = vectors.ugcUploadSignature;
    const made = createUploadSignature(
      {
        secretId: vector?.secretId ?? '',
        currentTimeStamp: 1_700_000_000,
        expireTime: 1_700_000_600,
        random: 654_321,
        classId: 0,
        oneTimeValid: 0,
        vodSubAppId: 0,
      },
      vector?.secretKey ?? '',
    );
    expect(made).toBe(vector?.signature);
  });
});

test('a signature holds to its last second', () => {
  const signature = createUploadSignature(fields, secretKey);
  expect(verifyUploadSignature(signature, { secretKey, nowSec: nowSec + 600 }).ok).toBe(true);
  const late = verifyUploadSignature(signature, { secretKey, nowSec: nowSec + 601 });
  expect(late).toEqual({ ok: false, reason: 'expired' });
});

test('a life of more than 90 days is refused', () => {
  const days90 = createUploadSignature({ ...fields, expireTime: nowSec + 7_776_000 }, secretKey);
  const longer = createUploadSignature({ ...fields, expireTime: nowSec + 7_776_001 }, secretKey);
  expect(verifyUploadSignature(days90, { secretKey, nowSec }).ok).toBe(true);
  expect(verifyUploadSignature(longer, { secretKey, nowSec })).toEqual({ ok: false, reason: 'malformed' });
});

test('what is not base64, too short or without the required members is malformed', () => {
  const good = createUploadSignature(fields, secretKey);
  const incomplete = Buffer.concat([Buffer.alloc(20), Buffer.from('secretId=a&random=1')]).toString('base64');
  for (const bad of ['', 'abc', good.slice(0, -1), `${good}=`, `${good}!`, incomplete]) {
    expect(parseUploadSignature(bad)).toBeNull();
    expect(verifyUploadSignature(bad, { secretKey, nowSec })).toEqual({ ok: false, reason: 'malformed' });
  }
});

describe('for any fields', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const extras = fc.record(
    { procedure: text, sourceContext: text, sessionContext: text, classId: fc.nat(), vodSubAppId: fc.nat() },
    { requiredKeys: [] },
  );

  test('what was made is accepted and read back', () => {
    fc.assert(
      fc.property(extras, (extra) => {
        const signature = createUploadSignature({ ...fields, ...extra }, secretKey);
        const result = verifyUploadSignature(signature, { secretKey, nowSec });
        expect(result.ok).toBe(true);
        const params = parseUploadSignature(signature)?.params;
        for (const [name, value] of Object.entries(extra)) expect(params?.get(name)).toBe(String(value));
      }),
    );
  });

  test('one changed byte breaks it', () => {
    const bytes = Buffer.from(createUploadSignature(fields, secretKey), 'base64');
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(verifyUploadSignature(changed.toString('base64'), { secretKey, nowSec }).ok).toBe(false);
      }),
    );
  });

  test('garbage is refused without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.base64String()), (garbage) => {
        expect(verifyUploadSignature(garbage, { secretKey, nowSec }).ok).toBe(false);
      }),
    );
  });
});
