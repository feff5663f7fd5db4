import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { isSignedOut, isUnreachable } from '../shared/api/api-error.ts';
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

/** An answer is an answer; only silence is worth another try. */
function shouldRetry(failures: number, error: unknown): boolean {
  return isUnreachable(error) && failures < 2;
}
