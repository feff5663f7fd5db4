/**
 * Turns data from outside into a typed value or throws {@link ShapeError} naming the place that differs.
 * Unknown members are ignored, so that a newer server can answer an older console.
 */
export type Decoder<Value> = (value: unknown, path: string) => Value;

/** The type that a decoder yields. */
export type Decoded<D> = D extends Decoder<infer Value> ? Value : never;

/** The server answered with another shape than agreed. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';

  constructor(path: string, expected: string, value: unknown) {
    super(`${path}: expected ${expected}, got ${describe(value)}`);
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new ShapeError(path, 'text', value);
  return value;
};

export const number: Decoder<number> = (value, path) => {
  if (typeof value !== 'number') throw new ShapeError(path, 'a number', value);
  return value;
};

export const boolean: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ShapeError(path, 'true or false', value);
  return value;
};

/** An identifier, which may travel as a number. */
export const id: Decoder<string> = (value, path) =>
  typeof value === 'number' ? String(value) : text(value, path);

/** A measure of which zero means that it is not known (a picture's width in a sound file). */
export const measure: Decoder<number | null> = (value, path) => {
  const known = nullable(number)(value, path);
  return known === 0 ? null : known;
};

/** Text of which the empty one means that there is none. */
export const filledText: Decoder<string | null> = (value, path) => {
  const known = nullable(text)(value, path);
  return known === '' ? null : known;
};

export const record: Decoder<Record<string, unknown>> = (value, path) => {
  if (!isRecord(value)) throw new ShapeError(path, 'an object', value);
  return value;
};

/** Absent and null are the same. */
export function nullable<Value>(inner: Decoder<Value>): Decoder<Value | null> {
  return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

/** Absent and null become the given value. */
export function withDefault<Value>(inner: Decoder<Value>, fallback: Value): Decoder<Value> {
  return (value, path) => (value === null || value === undefined ? fallback : inner(value, path));
}

export function list<Value>(inner: Decoder<Value>): Decoder<Value[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'a list', value);
    return value.map((entry, index) => inner(entry, `${path}[${index}]`));
  };
}

export function oneOf<const Value extends string>(...values: Value[]): Decoder<Value> {
  return (value, path) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new ShapeError(path, values.join(' | '), value);
    return found;
  };
}

export function object<Shape extends Record<string, Decoder<unknown>>>(
  shape: Shape,
): Decoder<{ [Key in keyof Shape]: Decoded<Shape[Key]> }> {
  const members = Object.entries(shape);
  return (value, path) => {
    const source = record(value, path);
    const entries = members.map(([key, inner]) => [key, inner(source[key], `${path}.${key}`)]);
    return Object.fromEntries(entries) as { [Key in keyof Shape]: Decoded<Shape[Key]> };
  };
}
