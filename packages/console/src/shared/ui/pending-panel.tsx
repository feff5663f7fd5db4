import type { ReactNode } from 'react';

import { ErrorState } from './error-state.tsx';
import { Panel } from './section.tsx';
import { TableSkeleton } from './table-skeleton.tsx';

export interface PendingPanelProps {
  query: { error: Error | null; refetch: () => Promise<unknown> };
}

/** Stands for a list whose first page has not come: its outline, or why there is none. */
export function PendingPanel({ query }: PendingPanelProps): ReactNode {
  return (
    <Panel>
      {query.error === null ? (
        <TableSkeleton />
      ) : (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
    </Panel>
  );
}
