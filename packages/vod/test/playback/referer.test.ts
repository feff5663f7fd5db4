import { expect, test } from 'vitest';
import { isRefererOf, isRefererPattern } from '../../src/playback/referer.ts';

test.each([
  ['https://example.com/page', ['example.com'], true],
  ['https://EXAMPLE.com/', ['Example.COM'], true],
  ['https://example.com:8443/', ['example.com'], true],
  ['https://example.com:8443/', ['example.com:8443'], true],
  ['https://example.com/', ['example.com:8443'], false],
  ['https://www.example.com/', ['example.com'], false],
  ['https://www.example.com/', ['*.example.com'], true],
  ['https://example.com/', ['*.example.com'], false],
  ['https://notexample.com/', ['*.example.com'], false],
  ['https://example.com.other.org/', ['example.com'], false],
  ['https://other.org/?example.com', ['example.com'], false],
  ['https://example.com@other.org/', ['example.com'], false],
  ['example.com', ['example.com'], false],
  ['', ['example.com'], false],
])('%j comes from one of %j: %s', (referer, patterns, expected) => {
  expect(isRefererOf(referer, patterns)).toBe(expected);
});

test.each([
  ['example.com', true],
  ['*.example.com', true],
  ['localhost:8080', true],
  ['127.0.0.1', true],
  ['', false],
  ['*', false],
  ['http://example.com', false],
  ['example.com/path', false],
  ['a.*.com', false],
])('%j is a pattern: %s', (text, expected) => {
  expect(isRefererPattern(text)).toBe(expected);
});
