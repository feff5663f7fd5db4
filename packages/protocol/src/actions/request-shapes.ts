import { invalidAction, invalidParameter, missingParameter } from '../errors.ts';
import { isActionName, type ActionName, type RequestOf } from './action-types.ts';
import { coerceScalar, wrongType } from './coerce-value.ts';
import { requestSchemaOf, resolveSchema, type ResolvedSchema, type Schema } from './request-schema.ts';

/** Deepest nesting that is read; the API's own requests need fewer than ten. */
const maxDepth = 32;
/** Unknown fields that are reported; a request may hold a million of them. */
const maxReportedFields = 100;

export interface ValidatedRequest<Params> {
  /** The parameters with the types that the action wants; absent (also null) fields left out, unknown fields kept as sent. */
  params: Params;
  /** Paths of the fields that the action does not know, at most 100: to warn about, not to refuse. */
  unknownFields: readonly string[];
}

interface Walk {
  unknownFields: string[];
}

/**
 * Checks a request against the shape of its action and coerces what form and GET clients can only send as text.
 * @param params the decoded JSON body, or the un-flattened form or query; null and undefined mean no parameters
 * @throws ApiError InvalidAction, MissingParameter or InvalidParameter
 */
export function validateRequest<Action extends ActionName>(
  action: Action,
  params: unknown,
): ValidatedRequest<RequestOf<Action>>;
export function validateRequest(action: string, params: unknown): ValidatedRequest<Record<string, unknown>>;
export function validateRequest(action: string, params: unknown): ValidatedRequest<Record<string, unknown>> {
  if (!isActionName(action)) throw invalidAction(action);
  const source = params ?? {};
  if (!isStructure(source)) throw invalidParameter('The request must be a JSON object of parameters.');
  const walk: Walk = { unknownFields: [] };
  return { params: readStructure(resolveSchema(requestSchemaOf(action)), source, '', walk), ...walk };
}

function isStructure(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}

/** SDKs send null, and an empty text in a form, for a field that was not set. */
function isAbsent(value: unknown, { type }: ResolvedSchema): boolean {
  return value === undefined || value === null || (value === '' && type !== 'string');
}

function readStructure(
  schema: ResolvedSchema,
  source: Record<string, unknown>,
  path: string,
  walk: Walk,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [field, fieldSchema] of Object.entries(schema.properties)) {
    const wanted = resolveSchema(fieldSchema);
    const value = Object.hasOwn(source, field) ? source[field] : undefined;
    if (!isAbsent(value, wanted)) result[field] = readValue(wanted, value, join(path, field), walk);
    else if (schema.required.includes(field)) throw missingParameter(join(path, field));
  }
  keepUnknown(schema, source, { result, path, walk });
  return result;
}

function readValue(schema: ResolvedSchema, value: unknown, path: string, walk: Walk): unknown {
  if (schema.type === 'array') {
    if (!Array.isArray(value)) throw wrongType(path, 'array', value);
    return readList(schema.items, value, path, walk);
  }
  if (schema.type === 'object') {
    if (!isStructure(value)) throw wrongType(path, 'object', value);
    return readStructure(schema, value, path, walk);
  }
  return coerceScalar(path, schema.type, value);
}

function readList(items: Schema, list: readonly unknown[], path: string, walk: Walk): unknown[] {
  const schema = resolveSchema(items);
  return list.map((item, index) => readValue(schema, item, `${path}.${index}`, walk));
}

function keepUnknown(
  schema: ResolvedSchema,
  source: Record<string, unknown>,
  { result, path, walk }: { result: Record<string, unknown>; path: string; walk: Walk },
): void {
  for (const field of Object.keys(source)) {
    if (Object.hasOwn(schema.properties, field)) continue;
    assertHarmless(field, source[field], 0);
    result[field] = source[field];
    if (walk.unknownFields.length < maxReportedFields) walk.unknownFields.push(join(path, field));
  }
}

/** What nobody checks further is at least not deep enough to exhaust a stack, and sets no prototype when copied. */
function assertHarmless(field: string, value: unknown, depth: number): void {
  if (field === '__proto__') throw invalidParameter('The request has a parameter named `__proto__`.');
  if (depth > maxDepth) throw invalidParameter(`The request is nested more than ${maxDepth} levels deep.`);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) assertHarmless(name, child, depth + 1);
}
