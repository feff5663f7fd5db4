import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { PageTabs } from '../../shared/ui/page-tabs.tsx';

export function FunctionListTabs(): ReactNode {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t('functions.title')}
      tabs={[
        { to: '/functions', name: t('functions.title') },
        { to: '/gateway', name: t('gateway.title') },
      ]}
    />
  );
}
