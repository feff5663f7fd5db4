import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
});

/** One transparent pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const text = { FontType: 'arial.ttf', FontSize: '16px', FontColor: '0xFF0000', FontAlpha: 0.5 };

async function describeOne(definition: number): Promise<models.WatermarkTemplate | undefined> {
  const { WatermarkTemplateSet = [] } = await stack.client.DescribeWatermarkTemplates({
    Definitions: [definition],
  });
  return WatermarkTemplateSet[0];
}

describe('A watermark', () => {
  it('of a picture is served under its URL until it is replaced or deleted', async () => {
    const { Definition = 0, ImageUrl = '' } = await stack.client.CreateWatermarkTemplate({
      Type: 'image',
      Name: 'logo',
      XPos: '10%',
      ImageTemplate: { ImageContent: PNG, Width: '80%' },
    });
    expect(new URL(ImageUrl).pathname).toMatch(
      /^\/[0-9a-f]{8}vodcq\d+\/[0-9a-f]{8}\d{19}\/[0-9a-f]{12}\.png$/,
    );
    const picture = await fetch(ImageUrl);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).toString('base64')).toBe(PNG);
    expect(await describeOne(Definition)).toMatchObject({
      Definition,
      Type: 'image',
      Name: 'logo',
      CoordinateOrigin: 'TopLeft',
      XPos: '10%',
      YPos: '0px',
      ImageTemplate: { ImageUrl, Width: '80%', Height: '0px', RepeatType: 'repeat', Transparency: 0 },
    });

    const moved = await stack.client.ModifyWatermarkTemplate({ Definition, YPos: '5px' });
    expect(moved.ImageUrl).toBe('');
    expect(await describeOne(Definition)).toMatchObject({ YPos: '5px', ImageTemplate: { ImageUrl } });

    const changed = await stack.client.ModifyWatermarkTemplate({
      Definition,
      ImageTemplate: { ImageContent: GIF, Transparency: 20 },
    });
    expect(changed.ImageUrl).toMatch(/\.gif$/);
    expect((await fetch(changed.ImageUrl ?? '')).status).toBe(200);
    expect((await fetch(ImageUrl)).status).toBe(404);
    expect(await describeOne(Definition)).toMatchObject({
      ImageTemplate: { ImageUrl: changed.ImageUrl, Width: '80%', Transparency: 20 },
    });

    await stack.client.DeleteWatermarkTemplate({ Definition });
    expect((await fetch(changed.ImageUrl ?? '')).status).toBe(404);
    expect(await describeOne(Definition)).toBeUndefined();
  });

  it('of a text, and of an SVG, are told apart', async () => {
    const { Definition: textId = 0, ImageUrl } = await stack.client.CreateWatermarkTemplate({
      Type: 'text',
      TextTemplate: text,
      // Of no effect for a text.
      ImageTemplate: { ImageContent: PNG },
    });
    expect(ImageUrl).toBe('');
    const { Definition: svgId = 0 } = await stack.client.CreateWatermarkTemplate({
      Type: 'svg',
      SvgTemplate: {},
    });
    const described = await describeOne(textId);
    expect(described).toMatchObject({ Type: 'text', TextTemplate: text });
    expect(described?.ImageTemplate).toBeUndefined();
    expect(await describeOne(svgId)).toMatchObject({
      Type: 'svg',
      SvgTemplate: { Width: '10W%', Height: '0px' },
    });
    const { WatermarkTemplateSet } = await stack.client.DescribeWatermarkTemplates({ Type: 'svg' });
    expect(WatermarkTemplateSet).toMatchObject([{ Definition: svgId }]);
    await stack.client.ModifyWatermarkTemplate({ Definition: textId, TextTemplate: { FontSize: '20px' } });
    expect(await describeOne(textId)).toMatchObject({ TextTemplate: { ...text, FontSize: '20px' } });
    const error = await errorOf(
      stack.client.ModifyWatermarkTemplate({
        Definition: textId,
        ImageTemplate: { ImageContent: PNG },
      }),
    );
    expect(error.code).toBe('InvalidParameterValue.ImageTemplate');
  });
});

describe('CreateWatermarkTemplate refuses', () => {
  const image = { Type: 'image', ImageTemplate: { ImageContent: PNG } };
  type Request = models.CreateWatermarkTemplateRequest;
  it.each<[string, Request, string]>([
    ['an unknown type', { Type: 'sound' }, 'InvalidParameterValue.Type'],
    ['a picture that is missing', { Type: 'image' }, 'MissingParameter'],
    ['a text that is missing', { Type: 'text' }, 'MissingParameter'],
    [
      'no Base64',
      { Type: 'image', ImageTemplate: { ImageContent: '???' } },
      'InvalidParameterValue.ImageContent',
    ],
    [
      'no picture',
      { Type: 'image', ImageTemplate: { ImageContent: btoa('<svg/>') } },
      'InvalidParameterValue.ImageContent',
    ],
    [
      'an empty picture',
      { Type: 'image', ImageTemplate: { ImageContent: '' } },
      'InvalidParameterValue.ImageContent',
    ],
    ['an unknown origin', { ...image, CoordinateOrigin: 'Middle' }, 'InvalidParameterValue.CoordinateOrigin'],
    ['a place without a unit', { ...image, XPos: '10' }, 'InvalidParameterValue.XPos'],
    [
      'a picture of 7 pixels',
      { Type: 'image', ImageTemplate: { ImageContent: PNG, Width: '7px' } },
      'InvalidParameterValue.Width',
    ],
    [
      'an unknown repetition',
      { Type: 'image', ImageTemplate: { ImageContent: PNG, RepeatType: 'twice' } },
      'InvalidParameterValue.RepeatType',
    ],
    [
      'an unknown font',
      { Type: 'text', TextTemplate: { ...text, FontType: 'comic.ttf' } },
      'InvalidParameterValue.TextTemplate',
    ],
    [
      'an opacity of 2',
      { Type: 'text', TextTemplate: { ...text, FontAlpha: 2 } },
      'InvalidParameterValue.TextAlpha',
    ],
    [
      'an SVG of some size',
      { Type: 'svg', SvgTemplate: { Width: 'big' } },
      'InvalidParameterValue.SvgTemplateWidth',
    ],
    ['a name of 65 characters', { ...image, Name: 'x'.repeat(65) }, 'InvalidParameterValue.Name'],
    ['an unknown application', { ...image, SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    expect((await errorOf(stack.client.CreateWatermarkTemplate(request))).code).toBe(code);
  });
});

describe('A watermark that does not exist', () => {
  it('is neither changed nor deleted', async () => {
    const gone = 'ResourceNotFound.TemplateNotExist';
    const Definition = 1;
    expect((await errorOf(stack.client.ModifyWatermarkTemplate({ Definition, Name: 'x' }))).code).toBe(gone);
    expect((await errorOf(stack.client.DeleteWatermarkTemplate({ Definition }))).code).toBe(gone);
  });
});
