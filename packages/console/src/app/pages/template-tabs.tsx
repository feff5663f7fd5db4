import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { PageTabs } from '../../shared/ui/page-tabs.tsx';

export function TemplateTabs(): ReactNode {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t('templates.title')}
      tabs={[
        { to: '/templates', name: t('templates.title') },
        { to: '/procedures', name: t('procedures.title') },
      ]}
    />
  );
}
