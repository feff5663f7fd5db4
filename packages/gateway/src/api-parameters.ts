import type { IncomingHttpHeaders } from 'node:http';

/** A parameter that an API declares. Path parameters follow from the path itself. */
export interface ApiParameter {
  name: string;
  position: 'header' | 'query';
  required: boolean;
  /** For one that was not sent. */
  defaultValue?: string;
}

export interface DeclaredValues {
  header: Record<string, string>;
  query: Record<string, string>;
}

/** The declared parameters' values, or the first required one that is missing. */
export function pickParameters(
  parameters: readonly ApiParameter[],
  request: { headers: IncomingHttpHeaders; query: string },
): DeclaredValues | { missing: ApiParameter } {
  const query = new URLSearchParams(request.query);
  const found: Record<ApiParameter['position'], [string, string][]> = { header: [], query: [] };
  for (const parameter of parameters) {
    const { name, position, defaultValue, required } = parameter;
    const sent = position === 'query' ? query.get(name) : request.headers[name.toLowerCase()];
    const value = sent === undefined || sent === null ? defaultValue : String(sent);
    if (value !== undefined) found[position].push([name, value]);
    else if (required) return { missing: parameter };
  }
  return { header: Object.fromEntries(found.header), query: Object.fromEntries(found.query) };
}
