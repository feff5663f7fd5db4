import { describe, expect, it } from 'vitest';

import { sdkSnippet } from '../src/features/account/sdk-snippet.ts';
import { changedFields, isCallbackUrl, isSignKey } from '../src/features/events/event-draft.ts';
import { resultOf } from '../src/features/functions/function-types.ts';
import { splitLinks } from '../src/features/functions/split-links.ts';
import { mediaKind } from '../src/features/media/media-kind.ts';

describe('the callback settings', () => {
  const saved = { mode: 'PUSH', url: '', onUpload: false, onDelete: false, onPersistence: false } as const;

  it('name only what differs', () => {
    const draft = { ...saved, url: 'http://r/', onUpload: true, signKey: '' };
    expect(changedFields(saved, draft)).toEqual(['url', 'onUpload']);
    expect(changedFields(saved, { ...saved, signKey: 'x' })).toEqual([]);
  });

  it.each([
    ['', true],
    ['http://127.0.0.1:8000/service-x/release/callback', true],
    ['https://example.com', true],
    ['example.com', false],
    ['ftp://example.com', false],
    ['javascript:alert(1)', false],
  ])('judge the address "%s": %s', (url, expected) => {
    expect(isCallbackUrl(url)).toBe(expected);
  });

  it('take a SignKey of letters and digits up to 32', () => {
    expect(['', 'aZ9', 'a'.repeat(32), 'a'.repeat(33), 'a-b'].map(isSignKey)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('links in a log', () => {
  it('end before what belongs to the sentence', () => {
    const parts = splitLinks('Url: "http://x/v.f100010.mp4", then (see https://y/z).\n');
    expect(parts.filter(({ isLink }) => isLink).map(({ text }) => text)).toEqual([
      'http://x/v.f100010.mp4',
      'https://y/z',
    ]);
  });

  it('leave the text as it was', () => {
    const log = 'a http://x/1?b=2&c=3 https:// b\nhttp://y';
    expect(
      splitLinks(log)
        .map(({ text }) => text)
        .join(''),
    ).toBe(log);
    expect(splitLinks('')).toEqual([]);
  });

  it('are only http and https', () => {
    expect(splitLinks('javascript:alert(1) file:///etc/passwd').some(({ isLink }) => isLink)).toBe(false);
  });
});

it.each([
  [0, 200, 'success'],
  [1, 430, 'failure'],
  [2, null, 'running'],
  [3, 433, 'interrupted'],
  [null, 200, 'success'],
  [null, 500, 'failure'],
  [null, null, 'running'],
])('takes RetCode %s with status %s for %s', (retCode, statusCode, result) => {
  expect(resultOf({ retCode, statusCode })).toBe(result);
});

it.each([
  ['mp4', 'video'],
  ['MP3', 'audio'],
  ['image/png', 'image'],
  ['', 'video'],
])('shows type "%s" as %s', (type, kind) => {
  expect(mediaKind(type)).toBe(kind);
});

it('gives the SDK host and protocol apart, and no key', () => {
  const snippet = sdkSnippet({ endpoint: 'http://127.0.0.1:8000', secretId: 'AKID1' });
  expect(snippet).toContain("endpoint: '127.0.0.1:8000', protocol: 'http://'");
  expect(snippet).toContain('process.env.VOD_SECRET_KEY');
});
