import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { TemplateList } from '../../features/templates/template-list.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { TemplateTabs } from './template-tabs.tsx';

const route = getRouteApi('/templates');

export function TemplatesPage(): ReactNode {
  const { t } = useTranslation();
  const { kind = 'transcode' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t('templates.title')} lead={t('templates.lead')}>
      <TemplateTabs />
      <TemplateList
        key={kind}
        kind={kind}
        onKind={(next) => void navigate({ to: '.', search: { kind: next }, replace: true })}
      />
    </Page>
  );
}
