import { transcodeFamily } from '../templates/transcode-family.ts';
import { parseFilter } from '../templates/select-templates.ts';
import { byType, defineTemplateActions, type TemplateActions } from './template-actions.ts';

/** Create-, Modify-, Delete- and DescribeTranscodeTemplate(s) (266/33770 to 266/33773). */
export const transcodeTemplateActions: TemplateActions = defineTemplateActions(transcodeFamily, {
  // Here alone the cloud writes the definition as a text.
  toWire: (template, wire) => ({ ...wire, Definition: String(template.definition) }),
  toFilter(query) {
    const isOfType = byType(query);
    const container = parseFilter('ContainerType', query.ContainerType, ['Video', 'PureAudio']);
    const tehd = parseFilter('TEHDType', query.TEHDType, ['Common', 'TEHD']);
    return (template) => {
      const { ContainerType, TEHDConfig } = template.parameters;
      const isTehd = TEHDConfig?.Type?.startsWith('TEHD') ?? false;
      return (
        isOfType(template) &&
        (!container || ContainerType === container) &&
        (!tehd || isTehd === (tehd === 'TEHD'))
      );
    };
  },
});
