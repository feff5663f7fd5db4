import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import {
  boolean,
  nullable,
  number,
  object,
  text,
  withDefault,
  type Decoder,
} from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

export interface Session {
  authenticated: boolean;
  appId: number | null;
  version: string;
}

const session: Decoder<Session> = object({
  authenticated: boolean,
  appId: nullable(number),
  version: withDefault(text, ''),
});

export function sessionQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.session,
    queryFn: ({ signal }) => api.request('/session', session, { signal }),
    staleTime: Infinity,
  });
}

/** @throws ApiError with status 401 for a wrong pair. */
export function signIn(api: Api, keys: { secretId: string; secretKey: string }): Promise<Session> {
  return api.request('/session', session, { method: 'POST', body: keys });
}

export async function signOut(api: Api): Promise<void> {
  await api.request('/session', () => undefined, { method: 'DELETE' });
}
