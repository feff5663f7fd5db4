import type { TemplateKind, TemplateParameters } from '@vodstack/protocol';
import { applyRules, type FieldRules, text, type Values } from './field-rules.ts';

/** A family of templates, as data: what its actions are called and what its members may be. */
export interface TemplateFamily<Kind extends TemplateKind> {
  readonly kind: Kind;
  /** In the actions' names: Create…, Modify…, Delete…, Describe…s; and the member of the list: …Set. */
  readonly noun: string;
  /** How many an application may have of its own. */
  readonly quota: number;
  readonly rules: FieldRules;
  /** What no rule of one field says: checks across fields, members that follow from others. */
  readonly complete?: (parameters: Record<string, unknown>) => Record<string, unknown>;
  /** What of the requests asks for work that this server does not do, as paths. */
  readonly unsupported?: readonly string[];
}

export function defineTemplateFamily<Kind extends TemplateKind>(
  family: TemplateFamily<Kind>,
): TemplateFamily<Kind> {
  return family;
}

const MAX_NAME = 64;
const MAX_COMMENT = 256;

const identityRules: FieldRules = {
  Name: { check: text(MAX_NAME), fallback: '' },
  Comment: { check: text(MAX_COMMENT), fallback: '' },
};

export interface ParsedTemplate<Kind extends TemplateKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly comment: string;
  readonly parameters: TemplateParameters<Kind>;
}

/** @throws ApiError InvalidParameterValue.(field) or MissingParameter */
export function parseTemplate<Kind extends TemplateKind>(
  family: TemplateFamily<Kind>,
  values: Values,
): ParsedTemplate<Kind> {
  const { Name, Comment } = applyRules(identityRules, values);
  const parameters = applyRules(family.rules, values);
  return {
    kind: family.kind,
    name: String(Name),
    comment: String(Comment),
    // The rules of a family make its structure: names and types are those of the cloud's.
    parameters: (family.complete?.(parameters) ?? parameters) as TemplateParameters<Kind>,
  };
}
