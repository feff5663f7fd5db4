import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { functionListQuery } from '../../features/functions/function-queries.ts';
import { FunctionState } from '../../features/functions/function-state.tsx';
import { useApi } from '../../shared/api/api-context.ts';
import { Page } from '../../shared/ui/page.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { FunctionTabs } from './function-tabs.tsx';
import { useFunctionKey } from './use-function-key.ts';

const route = getRouteApi('/functions/$name');

/** One function: its head and tabs, and in them the page that the address names. */
export function FunctionPage(): ReactNode {
  const { t } = useTranslation();
  const fn = useFunctionKey();
  const { namespace } = route.useSearch();
  const functions = useQuery(functionListQuery(useApi()));
  const isNamed = namespace !== undefined || functions.data !== undefined;
  return (
    <Page
      title={fn.name}
      lead={isNamed ? <FunctionState fn={fn} /> : undefined}
      before={
        <ActionIcon
          component={Link}
          to="/functions"
          variant="subtle"
          color="gray"
          aria-label={t('common.back')}
        >
          <IconArrowLeft size={18} aria-hidden />
        </ActionIcon>
      }
    >
      <FunctionTabs name={fn.name} />
      {isNamed ? <Outlet /> : <PendingPanel query={functions} />}
    </Page>
  );
}
