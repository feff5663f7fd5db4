import { createContext, useContext } from 'react';

import type { Api } from './api.ts';

export const ApiContext: React.Context<Api | null> = createContext<Api | null>(null);

/** The server, as provided by the application. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error('useApi needs an ApiContext above it');
  return api;
}
