import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { toSerialNumber } from '../../src/redirect/sign-certificate.ts';

it.each([
  ['zeros', Buffer.alloc(16)],
  ['two zeros before more', Buffer.concat([Buffer.alloc(2), Buffer.alloc(14, 1)])],
  ['ones', Buffer.alloc(16, 0xff)],
  ['chance', randomBytes(16)],
])('a serial number made of %s is positive and has no needless byte', (_what, random) => {
  const bytes = Buffer.from(toSerialNumber(random), 'hex');
  expect(bytes).toHaveLength(16);
  expect(bytes[0]).toBeGreaterThan(0);
  expect(bytes[0]).toBeLessThan(0x80);
  expect(bytes.subarray(1)).toEqual(random.subarray(1));
});
