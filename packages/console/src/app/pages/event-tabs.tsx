import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { PageTabs } from '../../shared/ui/page-tabs.tsx';

export function EventTabs(): ReactNode {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t('events.title')}
      tabs={[
        { to: '/events', name: t('deliveries.title') },
        { to: '/events/endpoints', name: t('endpoints.title') },
        { to: '/events/dead-letters', name: t('deadLetters.title') },
        { to: '/events/faults', name: t('faults.title') },
        { to: '/events/settings', name: t('deliveries.settings') },
      ]}
    />
  );
}
