import {
  animatedGraphicsFamily,
  imageSpriteFamily,
  sampleSnapshotFamily,
  snapshotByTimeOffsetFamily,
} from '../templates/picture-families.ts';
import { adaptiveFamily } from '../templates/adaptive-family.ts';
import { defineTemplateActions, type TemplateActions } from './template-actions.ts';

export const adaptiveTemplateActions: TemplateActions = defineTemplateActions(adaptiveFamily);
export const snapshotTemplateActions: TemplateActions = defineTemplateActions(snapshotByTimeOffsetFamily);
export const sampleSnapshotTemplateActions: TemplateActions = defineTemplateActions(sampleSnapshotFamily);
export const imageSpriteTemplateActions: TemplateActions = defineTemplateActions(imageSpriteFamily);
export const animatedGraphicsTemplateActions: TemplateActions = defineTemplateActions(animatedGraphicsFamily);
