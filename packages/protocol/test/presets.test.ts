import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findTranscodePreset, renditionFileName, renditionSize, transcodePresets } from '../src/index.ts';

test('presets 100010 and 100020 are those of the documentation', () => {
  expect(findTranscodePreset(100_010)).toEqual({
    definition: 100_010,
    name: 'MP4-FLU',
    container: 'mp4',
    video: { codec: 'libx264', shortSide: 360, bitrateKbps: 400, fps: 25 },
    audio: { codec: 'aac', bitrateKbps: 64, sampleRateHz: 44_100, channels: 2 },
  });
  expect(findTranscodePreset(100_020)).toMatchObject({
    video: { shortSide: 540, bitrateKbps: 1000 },
    audio: { bitrateKbps: 64 },
  });
  expect(findTranscodePreset(1)).toBeUndefined();
});

test('definitions are unique and ascend with quality', () => {
  const definitions = transcodePresets.map(({ definition }) => definition);
  expect(definitions).toEqual([100_010, 100_020, 100_030, 100_040, 100_070, 100_080]);
  const sides = transcodePresets.map(({ video }) => video.shortSide);
  expect(sides).toEqual([360, 540, 720, 1080, 1440, 2160]);
});

test('a rendition is named after its definition', () => {
  expect(transcodePresets.slice(0, 1).map(renditionFileName)).toEqual(['v.f100010.mp4']);
});

describe('the size of a rendition', () => {
  test.each([
    [544, 960, 540, 540, 952],
    [854, 480, 540, 960, 540],
    [854, 480, 720, 1280, 720],
    [640, 360, 540, 960, 540],
    [1920, 1080, 360, 640, 360],
    [3, 3, 360, 360, 360],
  ])('of %i×%i at %i is %i×%i', (width, height, shortSide, expectedWidth, expectedHeight) => {
    expect(renditionSize({ width, height }, shortSide)).toEqual({
      width: expectedWidth,
      height: expectedHeight,
    });
  });

  const side = fc.integer({ min: 1, max: 16_384 });
  const shortSides = fc.constantFrom(...transcodePresets.map(({ video }) => video.shortSide));

  test('has even sides, the short one as wanted, the long one less than two pixels under the exact value', () => {
    fc.assert(
      fc.property(side, side, shortSides, (width, height, shortSide) => {
        const size = renditionSize({ width, height }, shortSide);
        const long = Math.max(size.width, size.height);
        const exact = (Math.max(width, height) * shortSide) / Math.min(width, height);
        expect(Math.min(size.width, size.height)).toBe(shortSide);
        expect(long % 2).toBe(0);
        expect(long).toBeLessThanOrEqual(exact);
        expect(long).toBeGreaterThan(exact - 2);
      }),
    );
  });

  test('turns with the source', () => {
    fc.assert(
      fc.property(side, side, shortSides, (width, height, shortSide) => {
        const upright = renditionSize({ width, height }, shortSide);
        const turned = renditionSize({ width: height, height: width }, shortSide);
        expect([turned.height, turned.width]).toEqual([upright.width, upright.height]);
      }),
    );
  });

  test('is not computed for sides that are no sides', () => {
    for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => renditionSize({ width: bad, height: 2 }, 360)).toThrow(RangeError);
      expect(() => renditionSize({ width: 2, height: bad }, 360)).toThrow(RangeError);
      expect(() => renditionSize({ width: 2, height: 2 }, bad)).toThrow(RangeError);
    }
  });
});
