import { isRecord } from '../api/decode.ts';
import { KIND_NAMES, TEMPLATE_KINDS, type TemplateKind } from './template-kinds.ts';

/** A MediaProcessTask as the API has it; members that this console does not know stay as they are. */
export type Work = Readonly<Record<string, unknown>>;

function entriesOf(work: Work, kind: TemplateKind): Record<string, unknown>[] {
  const { taskSet } = TEMPLATE_KINDS[kind];
  const entries = taskSet === null ? [] : work[taskSet];
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

export function isChosen(work: Work, kind: TemplateKind, definition: number): boolean {
  return entriesOf(work, kind).some((entry) => entry['Definition'] === definition);
}

/** The same work with or without a template. */
export function withChoice(
  work: Work,
  kind: TemplateKind,
  choice: { definition: number; on: boolean },
): Work {
  const { taskSet, extras } = TEMPLATE_KINDS[kind];
  if (taskSet === null) return work;
  const others = entriesOf(work, kind).filter((entry) => entry['Definition'] !== choice.definition);
  const entries = choice.on ? [...others, { Definition: choice.definition, ...extras }] : others;
  return { ...work, [taskSet]: entries };
}

/** Without the lists that are empty, which the API does not need. */
export function withoutEmpty(work: Work): Work {
  return Object.fromEntries(
    Object.entries(work).filter(([, entries]) => !Array.isArray(entries) || entries.length > 0),
  );
}

/** `Transcode 100010, 100020` for every kind of work that there is. */
export function summarize(work: Work): { kind: TemplateKind; definitions: number[] }[] {
  return KIND_NAMES.map((kind) => ({
    kind,
    definitions: entriesOf(work, kind).map((entry) => Number(entry['Definition'])),
  })).filter(({ definitions }) => definitions.length > 0);
}
