import { expect, test } from 'vitest';
import { createAddressCounter } from '../../src/playback/address-counter.ts';

test('the addresses that came first may come again, others may not', () => {
  const counter = createAddressCounter();
  const admit = (address: string): boolean => counter.admit({ sign: 's', address, maxAddresses: 2 });
  expect(['a', 'b', 'c', 'a', 'b', 'c'].map((address) => admit(address))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});

test('each signature has its own count', () => {
  const counter = createAddressCounter();
  expect(counter.admit({ sign: 's', address: 'a', maxAddresses: 1 })).toBe(true);
  expect(counter.admit({ sign: 't', address: 'b', maxAddresses: 1 })).toBe(true);
});

test('the signature that was used longest ago is forgotten when there are too many', () => {
  const counter = createAddressCounter(2);
  const admit = (sign: string, address: string): boolean => counter.admit({ sign, address, maxAddresses: 1 });
  admit('s', 'a');
  admit('t', 'a');
  admit('s', 'a');
  admit('u', 'a');
  expect(admit('s', 'b')).toBe(false);
  expect(admit('t', 'b')).toBe(true);
});
