import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../api/api.ts';
import { list, number, object, record, text, withDefault, type Decoded } from '../api/decode.ts';
import { queryKeys } from '../api/query-keys.ts';
import { TEMPLATE_KINDS, type TemplateKind } from './template-kinds.ts';

const PAGE = 100;

export interface Template {
  definition: number;
  name: string;
  comment: string;
  isPreset: boolean;
  /** All of it, as the API has it. */
  wire: Record<string, unknown>;
}

/** Every template of a kind, presets too. */
export function templatesQuery(api: Api, kind: TemplateKind) {
  const { noun } = TEMPLATE_KINDS[kind];
  return queryOptions({
    queryKey: [...queryKeys.templates, kind],
    queryFn: async (): Promise<Template[]> => {
      const templates: Template[] = [];
      for (;;) {
        // Each page begins where the last one ended.
        const answer = await api.vod(`Describe${noun}s`, { Offset: templates.length, Limit: PAGE }, record);
        const page = list(record)(answer[`${noun}Set`], `${noun}Set`).map(toTemplate);
        templates.push(...page);
        if (page.length < PAGE) return templates;
      }
    },
  });
}

function toTemplate(wire: Record<string, unknown>): Template {
  return {
    definition: Number(wire['Definition']),
    name: textOf(wire['Name']),
    comment: textOf(wire['Comment']),
    isPreset: wire['Type'] === 'Preset',
    wire,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const procedure = object({
  Name: text,
  Type: withDefault(text, 'Custom'),
  Comment: withDefault(text, ''),
  MediaProcessTask: withDefault(record, {}),
});

const procedurePage = object({ TotalCount: number, ProcedureTemplateSet: list(procedure) });

export type Procedure = Decoded<typeof procedure>;

/** The cloud allows fifty of one's own. */
export function proceduresQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.procedures,
    queryFn: async () =>
      (await api.vod('DescribeProcedureTemplates', { Limit: PAGE }, procedurePage)).ProcedureTemplateSet,
  });
}
