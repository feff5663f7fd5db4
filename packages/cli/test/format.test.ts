import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatTime } from '../src/format.ts';

describe('what people read', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_620_000, '2 h 07 min'],
  ])('a duration of %d ms is written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [840, '840 B'],
    [999.5, '1.0 kB'],
    [12_345_678, '12.3 MB'],
    [99_950_000, '100 MB'],
    [999_600_000, '1.0 GB'],
    [5_000_000_000_000_000, '5000 TB'],
  ])('a size of %d bytes is written as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('a time is written in local time to the second', () => {
    const local = new Date(2026, 0, 31, 7, 5, 9, 800);
    expect(formatTime(local.toISOString())).toBe('2026-01-31 07:05:09');
  });
});
