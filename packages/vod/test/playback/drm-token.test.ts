import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDrmToken, createDrmToken, isDrmToken, splitDrmToken } from '../../src/playback/drm-token.ts';

const secret = 'secret';
const fileId = '5285000000000000001';
const nowSec = 1_700_000_000;

test('a token opens its own media until its last second', () => {
  const token = createDrmToken(secret, fileId, nowSec + 10);
  expect(isDrmToken(token, { secret, fileId, nowSec: nowSec + 10 })).toBe(true);
  expect(isDrmToken(token, { secret, fileId, nowSec: nowSec + 11 })).toBe(false);
  expect(isDrmToken(token, { secret, fileId: '5285000000000000002', nowSec })).toBe(false);
  expect(isDrmToken(token, { secret: 'other', fileId, nowSec })).toBe(false);
});

test('no other text is one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(isDrmToken(text, { secret, fileId, nowSec })).toBe(false);
    }),
  );
});

test.each([
  ['v.m3u8', 'voddrm.token.T.v.m3u8'],
  ['adp.12/v.m3u8', 'adp.12/voddrm.token.T.v.m3u8'],
])('in %s it becomes part of the name, and is taken out again', (path, expected) => {
  expect(addDrmToken(path, 'T')).toBe(expected);
  expect(splitDrmToken(expected)).toEqual({ name: path, token: 'T' });
  expect(splitDrmToken(path)).toEqual({ name: path });
});
