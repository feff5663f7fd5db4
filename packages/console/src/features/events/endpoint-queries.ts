import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import {
  id,
  list,
  nullable,
  number,
  object,
  oneOf,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

const shape = {
  endpointId: id,
  subAppId: number,
  name: withDefault(text, ''),
  url: text,
  eventTypes: nullable(list(text)),
  fileIds: nullable(list(text)),
  classIds: nullable(list(number)),
  state: oneOf('enabled', 'disabled'),
  disabledReason: nullable(text),
  circuit: oneOf('closed', 'open'),
  openUntil: nullable(text),
  failures: withDefault(number, 0),
  secrets: withDefault(number, 1),
  createdAt: text,
};
export const endpoint = object(shape);
/** The only time that the secret is told. */
export const endpointWithSecret = object({ ...shape, secret: text });

export type Endpoint = Decoded<typeof endpoint>;

export function endpointsQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.endpoints,
    queryFn: async ({ signal }) =>
      (await api.request('/endpoints', object({ items: list(endpoint) }), { signal })).items,
  });
}

const deadLetter = object({
  eventId: id,
  endpointId: id,
  url: text,
  type: text,
  fileId: withDefault(text, ''),
  attempts: number,
  reason: nullable(text),
  deadAt: nullable(text),
});
export type DeadLetter = Decoded<typeof deadLetter>;

const PAGE_SIZE = 50;

/** @param endpointId empty: of all endpoints */
export function deadLettersQuery(api: Api, endpointId: string) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.deadLetters, endpointId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (endpointId !== '') query.set('endpointId', endpointId);
      if (pageParam !== '') query.set('before', pageParam);
      return api.request(`/dead-letters?${query}`, object({ items: list(deadLetter) }), { signal });
    },
    getNextPageParam: ({ items }) => (items.length < PAGE_SIZE ? null : items.at(-1)?.eventId),
  });
}
