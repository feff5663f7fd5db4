import type { Api } from './api.ts';

export type ApiMatch =
  | { kind: 'found'; api: Api; pathParameters: Record<string, string> }
  | { kind: 'no-path' }
  | { kind: 'no-method' };

interface Candidate {
  api: Api;
  /** Lower comes first: `=/user`, `/user` itself, `/user/{id}`, then prefixes. */
  rank: number;
  pathParameters: Record<string, string>;
}

/**
 * Finds the API for a path (without the environment) and method in the order that API Gateway documents (628/11791):
 * exact, literal, dynamic, longest prefix.
 */
export function matchApi(apis: readonly Api[], path: string, method: string): ApiMatch {
  const candidates = apis
    .map((api) => toCandidate(api, path))
    .filter((candidate) => candidate !== undefined)
    .toSorted((a, b) => a.rank - b.rank || b.api.path.length - a.api.path.length);
  if (candidates.length === 0) return { kind: 'no-path' };
  const found = candidates.find(({ api }) => api.method === 'ANY' || api.method === method);
  if (!found) return { kind: 'no-method' };
  return { kind: 'found', api: found.api, pathParameters: found.pathParameters };
}

function toCandidate(api: Api, path: string): Candidate | undefined {
  if (api.path.startsWith('=')) {
    return api.path.slice(1) === path ? { api, rank: 1, pathParameters: {} } : undefined;
  }
  if (api.path === path) return { api, rank: 2, pathParameters: {} };
  if (api.path.includes('{')) {
    const pathParameters = matchDynamic(api.path, path);
    return pathParameters && { api, rank: 3, pathParameters };
  }
  return path.startsWith(api.path) ? { api, rank: 4, pathParameters: {} } : undefined;
}

/** Segment by segment, so that no pattern is ever built from what somebody configured. */
function matchDynamic(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(?<name>[^{}]+)\}$/u.exec(part)?.groups?.['name'];
    if (name !== undefined && value !== '') parameters.push([name, value]);
    else if (part !== value) return undefined;
  }
  return Object.fromEntries(parameters);
}
