import { isJsonObject, type JsonObject } from './json.ts';

/** A text member; a safe integer counts as its digits (a FileId may arrive unquoted). Undefined when absent, empty or of another type. */
export function textField(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A finite number, or a string that holds one. Undefined otherwise. */
export function numberField(object: JsonObject | undefined, name: string): number | undefined {
  const value = object?.[name];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** An object member, undefined when absent or of another type. */
export function objectField(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return isJsonObject(value) ? value : undefined;
}

/** The objects in a list member; an absent list is an empty one. */
export function listField(object: JsonObject | undefined, name: string): readonly JsonObject[] {
  const value = object?.[name];
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}
