import { createContext, useContext } from 'react';

import type { LiveState } from './live-connection.ts';

export const LiveStateContext: React.Context<LiveState> = createContext<LiveState>('connecting');

export function useLiveState(): LiveState {
  return useContext(LiveStateContext);
}
