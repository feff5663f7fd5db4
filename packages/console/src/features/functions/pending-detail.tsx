import { IconFunction } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../shared/api/api-error.ts';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { PendingPanel, type PendingPanelProps } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';

/** While a function's own data is on its way, or when there is no such function. */
export function PendingDetail({ query }: PendingPanelProps): ReactNode {
  const { t } = useTranslation();
  const isMissing =
    query.error instanceof ApiError && query.error.code?.startsWith('ResourceNotFound') === true;
  if (!isMissing) return <PendingPanel query={query} />;
  return (
    <Panel>
      <EmptyState icon={<IconFunction size={22} aria-hidden />} title={t('fn.notFound')} />
    </Panel>
  );
}
