import { headTailFamily } from '../templates/head-tail-family.ts';
import { defineTemplateActions, type TemplateActions } from './template-actions.ts';

/** Films before and behind others; there are no presets, so the structure has no Type (266/103563). */
export const headTailTemplateActions: TemplateActions = defineTemplateActions(headTailFamily, {
  toFilter: () => () => true,
  toWire: (_, { Type: _type, ...wire }) => wire,
});
