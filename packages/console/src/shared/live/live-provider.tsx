import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { queryKeys } from '../api/query-keys.ts';
import { createLiveConnection, type LiveState } from './live-connection.ts';
import { LiveStateContext } from './live-context.ts';
import { refresh } from './refresh.ts';

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
      onChanges: (kinds) => refresh(queryClient, kinds),
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
