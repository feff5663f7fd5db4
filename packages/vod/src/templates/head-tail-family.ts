import { type Check, oneOf, refuse } from './field-rules.ts';
import { defineTemplateFamily, type TemplateFamily } from './template-family.ts';

const MAX_CANDIDATES = 5;

const fileIds: Check = (value, at) => {
  const ids: readonly unknown[] = Array.isArray(value) ? value : [];
  const odd = ids.find((id) => typeof id !== 'string' || !/^\d{1,20}$/.test(id));
  if (odd !== undefined) throw refuse(at, `must have FileIds, got ${JSON.stringify(odd).slice(0, 40)}.`);
  if (ids.length <= MAX_CANDIDATES) return ids;
  throw refuse(at, `may have ${MAX_CANDIDATES} entries at most, got ${ids.length}.`);
};

export const headTailFamily: TemplateFamily<'HeadTail'> = defineTemplateFamily({
  kind: 'HeadTail',
  noun: 'HeadTailTemplate',
  quota: 100,
  rules: {
    HeadCandidateSet: { check: fileIds, fallback: [] },
    TailCandidateSet: { check: fileIds, fallback: [] },
    FillType: { check: oneOf('stretch', 'gauss', 'white', 'black'), fallback: 'stretch' },
  },
});
