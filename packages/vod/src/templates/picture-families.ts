import { ApiError } from '@vodstack/protocol';
import { type FieldRules, number, oneOf, refuse } from './field-rules.ts';
import { defineTemplateFamily, type TemplateFamily } from './template-family.ts';

const QUOTA = 16;
/** Greatest side of a sprite sheet in pixels. */
const MAX_SHEET = 15_000;

function sizeRules(min: number): FieldRules {
  return {
    Width: { check: number(min, 4096, { orZero: true }), fallback: 0 },
    Height: { check: number(min, 4096, { orZero: true }), fallback: 0 },
    ResolutionAdaptive: { check: oneOf('open', 'close'), fallback: 'open' },
  };
}

const pictureRules: FieldRules = {
  ...sizeRules(32),
  Format: { check: oneOf('jpg', 'png', 'webp'), fallback: 'jpg' },
  FillType: { check: oneOf('stretch', 'black', 'white', 'gauss'), fallback: 'black' },
};

const sampleRules: FieldRules = {
  SampleType: { check: oneOf('Percent', 'Time'), isRequired: true },
  SampleInterval: { check: number(1, 86_400), isRequired: true },
};

function assertInterval({ SampleType, SampleInterval }: Record<string, unknown>): void {
  if (SampleType === 'Percent' && Number(SampleInterval) > 100) {
    throw refuse(
      { code: 'SampleInterval', path: 'SampleInterval' },
      `must be 1 to 100 percent, got ${Number(SampleInterval)}.`,
    );
  }
}

export const snapshotByTimeOffsetFamily: TemplateFamily<'SnapshotByTimeOffset'> = defineTemplateFamily({
  kind: 'SnapshotByTimeOffset',
  noun: 'SnapshotByTimeOffsetTemplate',
  quota: QUOTA,
  rules: pictureRules,
});

export const sampleSnapshotFamily: TemplateFamily<'SampleSnapshot'> = defineTemplateFamily({
  kind: 'SampleSnapshot',
  noun: 'SampleSnapshotTemplate',
  quota: QUOTA,
  rules: { ...pictureRules, ...sampleRules },
  complete(parameters) {
    assertInterval(parameters);
    return parameters;
  },
});

export const imageSpriteFamily: TemplateFamily<'ImageSprite'> = defineTemplateFamily({
  kind: 'ImageSprite',
  noun: 'ImageSpriteTemplate',
  quota: QUOTA,
  rules: {
    ...sizeRules(128),
    ...sampleRules,
    RowCount: { check: number(1, 1000), isRequired: true },
    ColumnCount: { check: number(1, 1000), isRequired: true },
    FillType: { check: oneOf('stretch', 'black'), fallback: 'black' },
    Format: { check: oneOf('jpg', 'png', 'webp'), fallback: 'jpg' },
  },
  complete(parameters) {
    assertInterval(parameters);
    for (const [count, side] of [
      ['RowCount', 'Height'],
      ['ColumnCount', 'Width'],
    ] as const) {
      const pixels = Number(parameters[count]) * Number(parameters[side]);
      if (pixels > MAX_SHEET) {
        throw refuse(
          { code: count, path: count },
          `times \`${side}\` must be ${MAX_SHEET} pixels at most, got ${pixels}.`,
        );
      }
    }
    return parameters;
  },
});

export const animatedGraphicsFamily: TemplateFamily<'AnimatedGraphics'> = defineTemplateFamily({
  kind: 'AnimatedGraphics',
  noun: 'AnimatedGraphicsTemplate',
  quota: QUOTA,
  rules: {
    ...sizeRules(128),
    Format: { check: oneOf('gif', 'webp'), fallback: 'gif' },
    Fps: { check: number(1, 30), isRequired: true },
    Quality: { check: number(1, 100, { isWhole: false }), fallback: 75 },
  },
  complete(parameters) {
    if (parameters['Format'] === 'webp' && parameters['Width'] === 0 && parameters['Height'] === 0) {
      throw new ApiError(
        'InvalidParameterValue.FormatWebpWidthAndHeightBothZero',
        'The parameters `Width` and `Height` must not both be 0 for webp.',
      );
    }
    return parameters;
  },
});
