import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callbackSign, verifyCallbackSign } from '../src/index.ts';

const signKey = 'MySignKey123';
const expiresAt = 1_700_000_600;
const check = { signKey, nowSec: expiresAt };

test('the signature is the lower-case MD5 of the key and the time', () => {
  // printf 'MySignKey1231700000600' | md5sum
  expect(callbackSign(signKey, expiresAt)).toBe('40bbe921f545a341da3676c2e47a8b04');
});

test('a notification is accepted until T and not after', () => {
  const notification = { Sign: callbackSign(signKey, expiresAt), T: expiresAt };
  expect(verifyCallbackSign(notification, check)).toEqual({ ok: true });
  expect(verifyCallbackSign(notification, { signKey, nowSec: expiresAt + 1 })).toEqual({
    ok: false,
    reason: 'expired',
  });
});

test('upper-case digits and a time in quotes are accepted', () => {
  const Sign = callbackSign(signKey, expiresAt).toUpperCase();
  expect(verifyCallbackSign({ Sign, T: String(expiresAt) }, check)).toEqual({ ok: true });
});

test('another key or time is a mismatch, also when the time is over', () => {
  const Sign = callbackSign(signKey, expiresAt);
  const mismatch = { ok: false, reason: 'mismatch' };
  expect(verifyCallbackSign({ Sign, T: expiresAt }, { ...check, signKey: 'other' })).toEqual(mismatch);
  expect(verifyCallbackSign({ Sign, T: expiresAt - 1 }, check)).toEqual(mismatch);
  expect(verifyCallbackSign({ Sign, T: expiresAt + 1 }, check)).toEqual(mismatch);
});

test('a notification without the members, or with anything else in them, is refused without an exception', () => {
  expect(verifyCallbackSign({}, check)).toEqual({ ok: false, reason: 'malformed' });
  expect(verifyCallbackSign({ Sign: 'x', T: 1.5 }, check)).toEqual({ ok: false, reason: 'malformed' });
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (Sign, T) => {
      expect(verifyCallbackSign({ Sign, T }, check).ok).toBe(false);
    }),
  );
});
