import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPlayerSignature, verifyPlayerSignature, type PlayerSignatureFields } from '../src/index.ts';

const playKey = 'TxtyhLlgo7J3iOADIron';
const nowSec = 1_663_064_276;
const fields: PlayerSignatureFields = {
  appId: 1_255_566_655,
  fileId: '4564972818519602447',
  contentInfo: { audioVideoType: 'RawAdaptive', rawAdaptiveDefinition: 10, imageSpriteDefinition: 10 },
  currentTimeStamp: nowSec,
  expireTimeStamp: nowSec + 3600,
  urlAccessInfo: { t: '6323e6b0', rlimit: 3, us: '72d4cd1101' },
};

function check(psign: string, at = nowSec): string {
  const result = verifyPlayerSignature(psign, { playKey, nowSec: at });
  return result.ok ? 'ok' : result.reason;
}

/** A token with any header, signed with the key as that header says. */
function forge(header: object, payload: object = fields, hash = 'sha256'): string {
  const signed = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac(hash, playKey).update(signed).digest('base64url')}`;
}

test('what is made is accepted, and its payload read', () => {
  const result = verifyPlayerSignature(createPlayerSignature(fields, playKey), { playKey, nowSec });
  expect(result).toEqual({ ok: true, payload: fields });
});

test('the token is the same as one made by hand from RFC 7515', () => {
  expect(createPlayerSignature(fields, playKey)).toBe(forge({ alg: 'HS256', typ: 'JWT' }));
});

test('it holds to its last second, and for ever without an expiry', () => {
  const psign = createPlayerSignature(fields, playKey);
  expect(check(psign, nowSec + 3600)).toBe('ok');
  expect(check(psign, nowSec + 3601)).toBe('expired');
  const { expireTimeStamp: _expiry, ...forEver } = fields;
  expect(check(createPlayerSignature(forEver, playKey), nowSec * 2)).toBe('ok');
});

describe('it is refused', () => {
  const [header = '', body = '', mac = ''] = createPlayerSignature(fields, playKey).split('.');
  test.each([
    ['empty', '', 'malformed'],
    ['without a third part', `${header}.${body}`, 'mismatch'],
    ['with a fourth part', `${header}.${body}.${mac}.x`, 'malformed'],
    ['unsigned, saying so', `${forge({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`, 'malformed'],
    ['with another algorithm', forge({ alg: 'HS512' }, fields, 'sha512'), 'malformed'],
    ['without an algorithm', forge({ typ: 'JWT' }), 'malformed'],
    ['with a payload that is no object', forge({ alg: 'HS256' }, [1]), 'malformed'],
    [
      'with an expiry that is no number',
      forge({ alg: 'HS256' }, { ...fields, expireTimeStamp: 'never' }),
      'malformed',
    ],
    ['with an expiry of null', forge({ alg: 'HS256' }, { ...fields, expireTimeStamp: null }), 'malformed'],
    ['signed with another key', createPlayerSignature(fields, 'AnotherPlayKey'), 'mismatch'],
    ['cut short', `${header}.${body}.${mac.slice(0, -1)}`, 'mismatch'],
  ])('%s', (_what, psign, reason) => {
    expect(check(psign)).toBe(reason);
  });
});

test('no text at all makes it throw, and none is accepted', () => {
  const parts = fc.tuple(fc.base64String(), fc.base64String(), fc.base64String());
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((three) => three.join('.')),
      ),
      (text) => {
        expect(check(text)).not.toBe('ok');
      },
    ),
  );
});
