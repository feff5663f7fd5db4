import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { queryKeys, staleKeysByKind, type LiveKind } from '../api/query-keys.ts';
import { createLiveConnection, type LiveState } from './live-connection.ts';
import { LiveStateContext } from './live-context.ts';

/** Keeps every query fresh from the server's change stream; there is no polling besides. */
export function LiveProvider({ url, children }: { url: string; children: ReactNode }): ReactNode {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const connection = createLiveConnection({
      open: () => new EventSource(url),
      setTimer,
      onState: setState,
      onRefused: () => void queryClient.invalidateQueries({ queryKey: queryKeys.session }),
      onHello: () => void queryClient.invalidateQueries(),
      onChanges: (kinds) => invalidate(queryClient, kinds),
    });
    connection.start();
    return () => connection.stop();
  }, [queryClient, url]);
  return <LiveStateContext value={state}>{children}</LiveStateContext>;
}

function setTimer(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

async function invalidate(queryClient: QueryClient, kinds: ReadonlySet<LiveKind>): Promise<void> {
  const keys = new Set([...kinds].flatMap((kind) => staleKeysByKind[kind]));
  await Promise.all([...keys].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
