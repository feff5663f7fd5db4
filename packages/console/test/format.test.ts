import { describe, expect, it } from 'vitest';

import { formatBitrate, formatBytes } from '../src/shared/format/bytes.ts';
import { formatDuration, formatElapsed, formatRemaining } from '../src/shared/format/duration.ts';
import { definitionLabel, presetLabel } from '../src/shared/format/preset.ts';
import { formatClock, formatDayTime, formatFullTime } from '../src/shared/format/time.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1536, '1.54 KB'],
    [999_499, '999 KB'],
    [999_999, '1 MB'],
    [65_900_000, '65.9 MB'],
    [2_481_220_113, '2.48 GB'],
    [5e15, '5,000 TB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(formatBytes(bytes, 'en')).toBe(expected);
  });
});

describe('formatBitrate', () => {
  it('changes the unit at one million', () => {
    expect([385_000, 2_541_000].map((rate) => formatBitrate(rate, 'en'))).toEqual(['385 kbps', '2.54 Mbps']);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [5.4, '0:05'],
    [59.6, '1:00'],
    [754, '12:34'],
    [3723, '1:02:03'],
    [-1, '0:00'],
  ])('writes %d s as %s', (seconds, expected) => {
    expect(formatDuration(seconds)).toBe(expected);
  });
});

describe('formatElapsed', () => {
  it.each([
    [42.18, '42ms'],
    [999.6, '1s'],
    [1103.4, '1.1s'],
    [59_960, '1m'],
    [125_000, '2m 5s'],
    [11_400_000, '3h 10m'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(formatElapsed(ms, 'en')).toBe(expected);
  });

  it('names the units in Chinese', () => {
    expect([42, 1103.4].map((ms) => formatElapsed(ms, 'zh-CN'))).toEqual(['42\u6beb\u79d2', '1.1\u79d2']);
  });
});

describe('formatRemaining', () => {
  it('never says that nothing is left', () => {
    expect([0, 0.2, 7.1, 61].map((seconds) => formatRemaining(seconds, 'en'))).toEqual([
      '1s',
      '1s',
      '8s',
      '1m 1s',
    ]);
  });
});

describe('times', () => {
  const options = { locale: 'en', timeZone: 'UTC' };
  const iso = '2025-11-24T05:02:11.204Z';

  it('leave the year out while it is the current one', () => {
    expect(formatDayTime(iso, new Date('2025-12-01T00:00:00Z'), options)).toBe('Nov 24, 05:02');
    expect(formatDayTime(iso, new Date('2026-12-01T00:00:00Z'), options)).toBe('Nov 24, 2025, 05:02');
  });

  it('go down to the millisecond in a log', () => {
    expect(formatClock(iso, options)).toBe('05:02:11.204');
  });

  it('count the hours from 0 to 23', () => {
    expect(formatFullTime('2025-11-24T00:05:00Z', options)).toBe('Nov 24, 2025, 00:05:00');
  });

  it('show a dash for what is no time', () => {
    expect(formatClock('soon', options)).toBe('–');
  });
});

describe('presets', () => {
  it.each([
    [100010, '360p'],
    [100020, '540p'],
    [100080, '2160p'],
    [100210, 'HLS 360p'],
  ])('names %d %s', (definition, expected) => {
    expect(presetLabel(definition)).toBe(expected);
  });

  it('shows a template of the user by its number only', () => {
    expect([1429214, 100810, 10].map(definitionLabel)).toEqual(['1429214', '100810', '10']);
    expect(definitionLabel(100010)).toBe('100010 · 360p');
  });
});
