import { invalidParameter } from './errors.ts';

// Form and query parameters of API 3.0: `MediaProcessTask.TranscodeTaskSet.0.Definition=100010`.

/** Decoded names and values of a query or a form; the last one wins when a name is repeated. */
export type FlatParameters = ReadonlyMap<string, string>;

/** Deepest nesting of a name; the API's own requests need fewer than ten. */
const maxDepth = 32;

/** Decodes a query string or a form body; `+` and `%20` are spaces. Never throws. */
export function parseFlatParameters(text: string): FlatParameters {
  return new Map(new URLSearchParams(text));
}

type Branch = Map<string, Branch | string>;

/**
 * Rebuilds the nested value from its flat form. Names whose parts are all numbers become lists; values stay strings.
 * @throws ApiError InvalidParameter when a list is not numbered 0, 1, 2 … without gaps, when a name is both a value and
 * a structure, or both a list and a structure, when a name is empty, too deep, or `__proto__`
 */
export function unflattenParameters(flat: FlatParameters): Record<string, unknown> {
  const root: Branch = new Map();
  for (const [name, value] of flat) insert(root, name, value);
  return Object.fromEntries([...root].map(([name, node]) => [name, toValue(node, name)]));
}

function insert(root: Branch, name: string, value: string): void {
  const parts = splitName(name);
  let branch = root;
  for (const part of parts.slice(0, -1)) branch = descend(branch, part, name);
  const last = parts.at(-1) ?? '';
  if (branch.has(last)) throw conflict(name);
  branch.set(last, value);
}

function splitName(name: string): string[] {
  const parts = name.split('.', maxDepth + 1);
  if (parts.length > maxDepth) throw invalidParameter(`A parameter name has more than ${maxDepth} parts.`);
  // Harmless here, but whoever copies the result key by key would change a prototype.
  if (parts.some((part) => part === '' || part === '__proto__')) {
    throw invalidParameter(`The parameter name ${JSON.stringify(name.slice(0, 100))} is not valid.`);
  }
  return parts;
}

function descend(branch: Branch, part: string, name: string): Branch {
  const existing = branch.get(part);
  if (typeof existing === 'string') throw conflict(name);
  if (existing) return existing;
  const created: Branch = new Map();
  branch.set(part, created);
  return created;
}

function conflict(name: string): Error {
  return invalidParameter(`The parameter \`${name}\` is given both as a value and as a structure.`);
}

const indexPattern = /^\d+$/;

function toValue(node: Branch | string, path: string): unknown {
  if (typeof node === 'string') return node;
  const numbered = [...node.keys()].filter((part) => indexPattern.test(part)).length;
  if (numbered === node.size) return toList(node, path);
  if (numbered > 0)
    throw invalidParameter(`The parameter \`${path}\` is given both as a list and as a structure.`);
  return Object.fromEntries([...node].map(([part, child]) => [part, toValue(child, `${path}.${part}`)]));
}

/** By counting, not by assigning to the index: `A.4294967294=x` must not allocate anything. */
function toList(branch: Branch, path: string): unknown[] {
  return Array.from({ length: branch.size }, (_, index) => {
    const item = branch.get(String(index));
    if (item === undefined) {
      throw invalidParameter(
        `The parameter \`${path}\` must be numbered from 0 without gaps: \`${path}.${index}\` is missing.`,
      );
    }
    return toValue(item, `${path}.${index}`);
  });
}

/**
 * The flat form of a request, as form and GET clients send it. Null and undefined are left out;
 * empty lists and structures cannot be written and are lost.
 */
export function flattenParameters(params: Readonly<Record<string, unknown>>): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(params)) flattenInto(flat, name, value);
  return flat;
}

function flattenInto(flat: Map<string, string>, path: string, value: unknown): void {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      flat.set(path, String(value));
      break;
    case 'object':
      for (const [part, child] of Object.entries(value ?? {})) flattenInto(flat, `${path}.${part}`, child);
      break;
    default: // undefined; JSON has no functions and symbols
  }
}
