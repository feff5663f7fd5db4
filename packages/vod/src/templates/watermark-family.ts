import { missingParameter } from '@vodstack/protocol';
import { matching, number, object, oneOf } from './field-rules.ts';
import { defineTemplateFamily, type TemplateFamily } from './template-family.ts';

const DISTANCE = matching(/^\d{1,5}(\.\d{1,4})?(%|px)$/, '10% or 100px');
const IMAGE_SIDE = matching(
  /^((\d{1,2}|100)(\.\d{1,4})?%|(0|[89]|[1-9]\d|[1-9]\d\d|[1-3]\d\d\d|40[0-8]\d|409[0-6])px)$/,
  '10% or 8px to 4096px',
);
const SVG_SIDE = matching(/^\d{1,5}(\.\d{1,4})?([WHSL]?%|px)$/, '10W% or 100px');

const SECONDS = number(0, 86_400, { isWhole: false });

/** The watermark's `Type` and the member that says the rest. */
export const WATERMARK_MEMBERS = {
  image: 'ImageTemplate',
  text: 'TextTemplate',
  svg: 'SvgTemplate',
} as const;

export type WatermarkType = keyof typeof WATERMARK_MEMBERS;

export function watermarkTypeOf(parameters: object): WatermarkType {
  if ('ImageTemplate' in parameters) return 'image';
  return 'TextTemplate' in parameters ? 'text' : 'svg';
}

export const watermarkFamily: TemplateFamily<'Watermark'> = defineTemplateFamily({
  kind: 'Watermark',
  noun: 'WatermarkTemplate',
  quota: 1000,
  rules: {
    Type: { check: oneOf('image', 'text', 'svg'), isRequired: true },
    CoordinateOrigin: {
      check: oneOf('TopLeft', 'TopRight', 'BottomLeft', 'BottomRight'),
      fallback: 'TopLeft',
    },
    XPos: { check: DISTANCE, fallback: '0px' },
    YPos: { check: DISTANCE, fallback: '0px' },
    ImageTemplate: {
      check: object({
        // The place of the picture; the action has put it there.
        ImageUrl: { check: (value) => value, isRequired: true },
        Width: { check: IMAGE_SIDE, fallback: '10%' },
        Height: { check: IMAGE_SIDE, fallback: '0px' },
        RepeatType: { check: oneOf('once', 'repeat_last_frame', 'repeat'), fallback: 'repeat' },
        Transparency: { check: number(0, 100), fallback: 0 },
      }),
    },
    TextTemplate: {
      check: object({
        FontType: { check: oneOf('simkai.ttf', 'arial.ttf'), isRequired: true, code: 'TextTemplate' },
        FontSize: { check: matching(/^[1-9]\d{0,3}px$/, '16px'), isRequired: true, code: 'TextTemplate' },
        FontColor: {
          check: matching(/^0x[0-9A-Fa-f]{6}$/, '0xFFFFFF'),
          fallback: '0xFFFFFF',
          code: 'TextTemplate',
        },
        FontAlpha: { check: number(0, 1, { isWhole: false }), fallback: 1, code: 'TextAlpha' },
      }),
    },
    SvgTemplate: {
      check: object({
        Width: { check: SVG_SIDE, fallback: '10W%', code: 'SvgTemplateWidth' },
        Height: { check: SVG_SIDE, fallback: '0px', code: 'SvgTemplateHeight' },
        CycleConfig: {
          check: object({
            StartTime: { check: SECONDS, fallback: 0 },
            DisplayDuration: { check: SECONDS, isRequired: true },
            CycleDuration: { check: SECONDS, fallback: 0 },
          }),
        },
      }),
    },
  },
  complete({ Type: type, ...parameters }) {
    const member = WATERMARK_MEMBERS[type as WatermarkType];
    const { ImageTemplate: _image, TextTemplate: _text, SvgTemplate: _svg, ...place } = parameters;
    if (parameters[member] === undefined) throw missingParameter(member);
    return { ...place, [member]: parameters[member] };
  },
});
