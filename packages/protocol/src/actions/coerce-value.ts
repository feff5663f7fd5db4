import { invalidParameter } from '../errors.ts';

// Form and GET requests hold only texts, so texts stand for numbers and booleans too. The other way round nothing is guessed.

const decimalPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

type Scalar = 'string' | 'integer' | 'number' | 'boolean';

const expectations: Readonly<Record<Scalar | 'array' | 'object', string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  array: 'a list',
  object: 'an object',
};

/** Names a received value for a message: its type, and a short form of it. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `a string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case 'number':
    case 'bigint':
      return `the number ${value}`;
    case 'boolean':
      return `the boolean ${value}`;
    case 'undefined':
      return 'nothing';
    default:
      return 'an object';
  }
}

/** The error for a value of the wrong type at a path such as `MediaProcessTask.TranscodeTaskSet.0.Definition`. */
export function wrongType(path: string, expected: keyof typeof expectations, value: unknown): Error {
  return invalidParameter(
    `The parameter \`${path}\` must be ${expectations[expected]}, got ${describe(value)}.`,
  );
}

function toNumber(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && decimalPattern.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

function toInteger(path: string, value: unknown): number {
  const parsed = toNumber(value);
  if (parsed === undefined || !Number.isInteger(parsed)) throw wrongType(path, 'integer', value);
  if (!Number.isSafeInteger(parsed)) {
    throw invalidParameter(
      `The parameter \`${path}\` must be an integer within ±(2^53 − 1), got ${describe(value)}.`,
    );
  }
  return parsed;
}

function toBoolean(value: unknown): boolean | undefined {
  // Python writes True and False.
  if (value === true || value === 'true' || value === 'True') return true;
  if (value === false || value === 'false' || value === 'False') return false;
  return undefined;
}

function toText(path: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') throw wrongType(path, 'string', value);
  // A FileId has 19 digits: written as a JSON number it is another file's id by the time it is read.
  throw invalidParameter(
    `The parameter \`${path}\` must be a string, got ${describe(value)}. Write it in quotes.`,
  );
}

/**
 * The value as the type that the field wants: numeric texts become numbers, `true`/`True` booleans.
 * @throws ApiError InvalidParameter that names the path, what was expected and what was got
 */
export function coerceScalar(path: string, type: Scalar, value: unknown): string | number | boolean {
  if (type === 'string') return toText(path, value);
  if (type === 'integer') return toInteger(path, value);
  const coerced = type === 'number' ? toNumber(value) : toBoolean(value);
  if (coerced === undefined) throw wrongType(path, type, value);
  return coerced;
}
