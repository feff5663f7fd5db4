import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useApi } from '../../shared/api/api-context.ts';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { functionDetailQuery } from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';
import { toneOfStatus } from './result-tones.ts';

/** State and description in one line. */
export function FunctionState({ fn }: { fn: FunctionKey }): ReactNode {
  const { data } = useQuery(functionDetailQuery(useApi(), fn));
  if (data === undefined) return fn.namespace;
  return (
    <>
      <StatusBadge tone={toneOfStatus(data.Status)}>{data.Status}</StatusBadge>{' '}
      {[data.Runtime, data.Description].filter((text) => text !== '').join(' · ')}
    </>
  );
}
