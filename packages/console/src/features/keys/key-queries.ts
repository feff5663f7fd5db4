import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { list, nullable, number, object, text, withDefault, type Decoded } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

const shape = {
  secretId: text,
  name: withDefault(text, ''),
  subAppIds: nullable(list(number)),
  createdAt: text,
  lastUsedAt: nullable(text),
  disabledAt: nullable(text),
};

export const apiKey = object(shape);
/** The only time that its secret is told. */
export const newApiKey = object({ ...shape, secretKey: text });

export type ApiKey = Decoded<typeof apiKey>;
export type NewApiKey = Decoded<typeof newApiKey>;

export function keysQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.keys,
    queryFn: ({ signal }) => api.request('/keys', list(apiKey), { signal }),
  });
}
