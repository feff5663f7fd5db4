import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EventsSettings } from '../../features/events/events-settings.tsx';
import { SendSample } from '../../features/events/send-sample.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { EventTabs } from './event-tabs.tsx';

export function EventSettingsPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page
      title={t('events.title')}
      lead={t('events.lead')}
      actions={
        <SendSample
          onSent={(eventId) => void navigate({ to: '/events/$eventId', params: { eventId }, search: {} })}
        />
      }
      narrow
    >
      <EventTabs />
      <EventsSettings />
    </Page>
  );
}
