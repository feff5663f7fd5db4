import { useQuery } from '@tanstack/react-query';

import { useApi } from '../../shared/api/api-context.ts';
import { sessionQuery } from './session-query.ts';

/** The server's version, or an empty text while it is unknown. */
export function useVersion(): string {
  return useQuery(sessionQuery(useApi())).data?.version ?? '';
}
