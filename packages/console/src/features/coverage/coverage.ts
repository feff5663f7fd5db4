import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { list, object, text, type Decoder } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

export interface Coverage {
  done: string[];
  partial: { name: string; unsupported: string[] }[];
  missing: string[];
}

const coverage: Decoder<Coverage> = object({
  done: list(text),
  partial: list(object({ name: text, unsupported: list(text) })),
  missing: list(text),
});

export function coverageQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.coverage,
    queryFn: ({ signal }) => api.request('/coverage', coverage, { signal }),
  });
}

export interface CoverageRow {
  name: string;
  state: 'done' | 'partial' | 'missing';
  unsupported: readonly string[];
}

/** What is there comes first. */
export function toRows({ done, partial, missing }: Coverage): CoverageRow[] {
  return [
    ...done.map((name) => ({ name, state: 'done', unsupported: [] }) as const),
    ...partial.map((entry) => ({ ...entry, state: 'partial' }) as const),
    ...missing.map((name) => ({ name, state: 'missing', unsupported: [] }) as const),
  ];
}
