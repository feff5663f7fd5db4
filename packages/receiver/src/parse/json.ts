export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper JSON is refused: no notification nests past a dozen levels, and a recursive reader must not be led into a stack overflow. */
const MAX_DEPTH = 64;

const BARE_LARGE_INTEGER = /[:,[]\s*-?\d{16,}/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a notification's JSON. Two departures from `JSON.parse`:
 * integers beyond 2^53 come back as strings (the docs print some FileIds as bare numbers; as numbers they would name another file),
 * and members that are an explicit null are left out (the docs omit them, production pushes contain them).
 * Throws SyntaxError when the text is not JSON or nests deeper than 64 levels.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  const exact: unknown = BARE_LARGE_INTEGER.test(text) ? JSON.parse(quoteLargeIntegers(text)) : parsed;
  // Most carry no null: copying them would be the larger part of the work.
  if (text.includes('null')) return withoutNulls(exact, 0);
  assertShallow(exact, 0);
  return exact;
}

function assertShallow(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw tooDeep();
  for (const member of Object.values(value)) assertShallow(member, depth + 1);
}

function tooDeep(): SyntaxError {
  return new SyntaxError(`JSON nested deeper than ${MAX_DEPTH} levels`);
}

function quoteLargeIntegers(text: string): string {
  return text.replaceAll(STRING_OR_NUMBER, (token) =>
    INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member, depth + 1)]));
}
