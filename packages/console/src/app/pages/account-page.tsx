import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { AccountView } from '../../features/account/account-view.tsx';
import { Applications } from '../../features/applications/applications.tsx';
import { ApiKeys } from '../../features/keys/api-keys.tsx';
import { Page } from '../../shared/ui/page.tsx';

export function AccountPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('account.title')} lead={t('account.lead')}>
      <AccountView />
      <ApiKeys />
      <Applications />
    </Page>
  );
}
