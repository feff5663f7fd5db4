import {
  findPresetTemplate,
  invalidParameterValue,
  type Template,
  type TemplateKind,
} from '@vodstack/protocol';
import type { VodDb } from '../tables.ts';
import { listTemplates } from './template-repository.ts';

const MAX_DEFINITIONS = 100;

/** What every Describe…Templates request may say; `Type` is the watermark's own in that family. */
export interface TemplateQuery {
  readonly SubAppId?: number | null;
  readonly Definitions?: readonly (number | bigint)[] | null;
  readonly Type?: string | null;
  readonly ContainerType?: string | null;
  readonly TEHDType?: string | null;
  readonly Offset?: number | null;
  readonly Limit?: number | null;
}

/** The templates that a query asks for; hidden presets only where they are named. */
export async function selectTemplates<Kind extends TemplateKind>(
  db: VodDb,
  subAppId: number,
  kind: Kind,
  query: TemplateQuery,
): Promise<Template<Kind>[]> {
  const definitions = new Set((query.Definitions ?? []).map(Number));
  if (definitions.size > MAX_DEFINITIONS) {
    throw invalidParameterValue(
      'Definitions',
      `may have ${MAX_DEFINITIONS} entries at most, got ${definitions.size}.`,
    );
  }
  const all = await listTemplates(db, subAppId, kind);
  if (definitions.size === 0) return all;
  const listed = new Set(all.map(({ definition }) => definition));
  const hidden = [...definitions].flatMap((definition) =>
    listed.has(definition) ? [] : (findPresetTemplate(kind, definition) ?? []),
  );
  return [...hidden, ...all.filter(({ definition }) => definitions.has(definition))];
}

/** One of the allowed values, or undefined for "any". */
export function parseFilter(
  name: string,
  value: string | null | undefined,
  allowed: readonly string[],
): string | undefined {
  if (!value) return undefined;
  if (allowed.includes(value)) return value;
  throw invalidParameterValue(
    name,
    `must be ${allowed.join(' or ')}, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}
