import { expect, it } from 'vitest';

import { createSpeedMeter } from '../src/features/upload/speed-meter.ts';

it('knows no speed before there is enough to tell', () => {
  const meter = createSpeedMeter();
  meter.add(0, 0);
  meter.add(500_000, 50);
  expect(meter.bytesPerSec()).toBeNull();
});

it('forgets how fast the line was earlier', () => {
  const meter = createSpeedMeter();
  for (let second = 0; second <= 10; second += 1) meter.add(second * 1000, second * 1000);
  for (let second = 11; second <= 20; second += 1) meter.add(10_000 + (second - 10) * 10, second * 1000);
  expect(meter.bytesPerSec()).toBe(10);
});
