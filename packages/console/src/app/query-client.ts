import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { ApiError, isSignedOut, isUnreachable } from '../shared/api/api-error.ts';
import { queryKeys } from '../shared/api/query-keys.ts';

/** Data is kept fresh by the live stream, so nothing is asked again on a timer or on a change of window. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: queryKeys.session });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The server is often on this very machine: the browser's idea of "offline" says nothing about it.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        staleTime: 10_000,
        retry: shouldRetry,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

/** An answer is an answer; only silence and a failing proxy are worth another try. */
function shouldRetry(failures: number, error: unknown): boolean {
  const transient = isUnreachable(error) || (error instanceof ApiError && error.status >= 502);
  return transient && failures < 2;
}
