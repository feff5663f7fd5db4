import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FunctionList } from '../../features/functions/function-list.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { FunctionListTabs } from './function-list-tabs.tsx';

export function FunctionsPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('functions.title')} lead={t('functions.lead')}>
      <FunctionListTabs />
      <FunctionList />
    </Page>
  );
}
