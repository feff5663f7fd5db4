import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { CoverageList } from '../../features/coverage/coverage-list.tsx';
import { Page } from '../../shared/ui/page.tsx';

export function CoveragePage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('coverage.title')} lead={t('coverage.lead')}>
      <CoverageList />
    </Page>
  );
}
