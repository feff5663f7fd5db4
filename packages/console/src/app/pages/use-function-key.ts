import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { functionListQuery } from '../../features/functions/function-queries.ts';
import { findNamespace, type FunctionKey } from '../../features/functions/function-types.ts';
import { useApi } from '../../shared/api/api-context.ts';

const route = getRouteApi('/functions/$name');

/** The function that the address names; without a namespace, which the page waits for, the first of that name. */
export function useFunctionKey(): FunctionKey {
  const { name } = route.useParams();
  const { namespace } = route.useSearch();
  const { data = [] } = useQuery(functionListQuery(useApi()));
  return { name, namespace: namespace ?? findNamespace(data, name) };
}
