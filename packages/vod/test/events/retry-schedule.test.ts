import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  circuitOpenSec,
  nextAttempt,
  parseRetryAfter,
  RETRY_DELAYS_SEC,
} from '../../src/events/endpoints/retry-schedule.ts';

const NOW = new Date('2026-01-02T03:04:05Z');

function waitSec(failure: Partial<Parameters<typeof nextAttempt>[0]>): number | undefined {
  const at = nextAttempt({ sends: 1, roundAt: NOW, now: NOW, random: 0.5, ...failure });
  return at && (at.getTime() - NOW.getTime()) / 1000;
}

describe('the schedule', () => {
  it('spreads ten sends over about three days', () => {
    const waits = RETRY_DELAYS_SEC.map((_, index) => waitSec({ sends: index + 1 }));
    expect(waits).toEqual(RETRY_DELAYS_SEC);
    const days = RETRY_DELAYS_SEC.reduce((sum, sec) => sum + sec, 0) / 86_400;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(3.5);
    expect(waitSec({ sends: RETRY_DELAYS_SEC.length + 1 })).toBeUndefined();
  });

  it('jitters by a tenth at most, and never forgets a Retry-After, a day at most', () => {
    assert(
      property(
        integer({ min: 1, max: 9 }),
        double({ min: 0, max: 1, noNaN: true }),
        double({ min: 0, max: 10 ** 9, noNaN: true }),
        (sends, random, retryAfterSec) => {
          const wait = waitSec({ sends, random, retryAfterSec }) ?? 0;
          const delay = RETRY_DELAYS_SEC[sends - 1] ?? 0;
          expect(wait).toBeGreaterThanOrEqual(Math.min(retryAfterSec, 86_400) - 0.001);
          expect(wait).toBeGreaterThanOrEqual(delay * 0.9 - 0.001);
          expect(wait).toBeLessThanOrEqual(Math.max(delay * 1.1, Math.min(retryAfterSec, 86_400)) + 0.001);
        },
      ),
    );
  });

  it('gives up what is too old, however few sends it had', () => {
    expect(waitSec({ roundAt: new Date(NOW.getTime() - 6 * 86_400_000) })).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60],
    ['Fri, 02 Jan 2020 03:05:05 GMT', 0],
    ['soon', undefined],
    ['-5x', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %j seconds', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });
});

it('an endpoint that fails five times in a row is left alone for longer and longer, a quarter of an hour at most', () => {
  expect([1, 4, 5, 6, 7, 9, 10, 11, 1000].map(circuitOpenSec)).toEqual([
    0, 0, 30, 60, 120, 480, 900, 900, 900,
  ]);
});
