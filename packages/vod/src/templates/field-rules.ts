import { ApiError, invalidParameterValue, missingParameter } from '@vodstack/protocol';
import { countCharacters } from '../count-characters.ts';

/** Checks a value that is there and gives it as it is kept. `code` is the error's last part, `path` names it for people. */
export type Check = (value: unknown, at: { code: string; path: string }) => unknown;

export interface FieldRule {
  readonly check: Check;
  /** What it is when it is left out; without one, a field that is left out stays out. */
  readonly fallback?: unknown;
  readonly isRequired?: true;
  /** The last part of the error's code where that is not the field's own name. */
  readonly code?: string;
}

export type FieldRules = Readonly<Record<string, FieldRule>>;
export type Values = Readonly<Record<string, unknown>>;

/** What a template keeps of a request: the fields that there are rules for, checked, with defaults filled in. */
export function applyRules(rules: FieldRules, given: Values, prefix = ''): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name] ?? rule.fallback;
    const path = `${prefix}${name}`;
    if (value !== undefined && value !== null) {
      kept[name] = rule.check(value, { code: rule.code ?? name, path });
    } else if (rule.isRequired) {
      throw missingParameter(path);
    }
  }
  return kept;
}

/** `changes` over `values`, member by member; null and undefined change nothing. */
export function mergeValues(values: Values, changes: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...values };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined) continue;
    const earlier = merged[name];
    merged[name] = isValues(value) && isValues(earlier) ? mergeValues(earlier, value) : value;
  }
  return merged;
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error whose code ends as the rule says and whose message names the field's whole path. */
export function refuse({ code, path }: { code: string; path: string }, detail: string): ApiError {
  return new ApiError(invalidParameterValue(code, '').code, `The parameter \`${path}\` ${detail}`);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}

export function number(
  min: number,
  max: number,
  { orZero = false, isWhole = true }: { orZero?: boolean; isWhole?: boolean } = {},
): Check {
  return (value, at) => {
    if (typeof value === 'number' && (!isWhole || Number.isSafeInteger(value))) {
      if ((value >= min && value <= max) || (orZero && value === 0)) return value;
    }
    const what = `${orZero ? '0 or ' : ''}${min} to ${max}`;
    throw refuse(at, `must be ${isWhole ? 'an integer, ' : ''}${what}, got ${show(value)}.`);
  };
}

export function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, at) => {
    if (allowed.includes(value as string)) return value;
    throw refuse(at, `must be one of ${allowed.map(show).join(', ')}, got ${show(value)}.`);
  };
}

export function text(max: number): Check {
  return (value, at) => {
    const content = typeof value === 'string' ? value : '';
    if (countCharacters(content) <= max && !content.includes('\0')) return content;
    throw refuse(at, `may have ${max} characters at most and no U+0000, got ${countCharacters(content)}.`);
  };
}

export function matching(pattern: RegExp, example: string): Check {
  return (value, at) => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw refuse(at, `must be like ${example}, got ${show(value)}.`);
  };
}

export function object(rules: FieldRules): Check {
  return (value, { path }) => applyRules(rules, isValues(value) ? value : {}, `${path}.`);
}

export function list(rules: FieldRules, max: number): Check {
  return (value, at) => {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    if (items.length < 1 || items.length > max) {
      throw refuse(at, `must have 1 to ${max} entries, got ${items.length}.`);
    }
    return items.map((item, index) => applyRules(rules, isValues(item) ? item : {}, `${at.path}.${index}.`));
  };
}
