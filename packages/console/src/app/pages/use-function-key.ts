import { getRouteApi } from '@tanstack/react-router';

import type { FunctionKey } from '../../features/functions/function-types.ts';

const route = getRouteApi('/functions/$name');

/** The function that the address names. */
export function useFunctionKey(): FunctionKey {
  const { name } = route.useParams();
  const { namespace = 'default' } = route.useSearch();
  return { name, namespace };
}
