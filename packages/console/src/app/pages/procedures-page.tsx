import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProcedureList } from '../../features/templates/procedure-list.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { TemplateTabs } from './template-tabs.tsx';

export function ProceduresPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('procedures.title')} lead={t('templates.lead')}>
      <TemplateTabs />
      <ProcedureList />
    </Page>
  );
}
