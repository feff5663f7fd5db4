import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { GatewayView } from '../../features/gateway/gateway-view.tsx';
import { NewApi } from '../../features/gateway/new-api.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { FunctionListTabs } from './function-list-tabs.tsx';

export function GatewayPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('gateway.title')} lead={t('gateway.lead')} actions={<NewApi />}>
      <FunctionListTabs />
      <GatewayView />
    </Page>
  );
}
