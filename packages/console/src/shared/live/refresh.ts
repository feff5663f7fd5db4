import type { QueryClient } from '@tanstack/react-query';

import { staleKeysByKind, type LiveKind } from '../api/query-keys.ts';

/** Asks anew for what such changes concern. Resolves when the answers are there. */
export async function refresh(queryClient: QueryClient, kinds: ReadonlySet<LiveKind>): Promise<void> {
  const keys = [...new Set([...kinds].flatMap((kind) => staleKeysByKind[kind]))];
  // A first answer that is on its way may be older than the change, and is not given up for another.
  const loading = keys
    .flatMap((queryKey) => queryClient.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' }))
    .filter(({ state }) => state.data === undefined);
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  await Promise.all(loading.map(({ queryKey }) => queryClient.invalidateQueries({ queryKey, exact: true })));
}
