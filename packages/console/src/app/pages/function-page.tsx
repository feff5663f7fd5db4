import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FunctionState } from '../../features/functions/function-state.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { FunctionTabs } from './function-tabs.tsx';
import { useFunctionKey } from './use-function-key.ts';

/** One function: its head and tabs, and in them the page that the address names. */
export function FunctionPage(): ReactNode {
  const { t } = useTranslation();
  const fn = useFunctionKey();
  return (
    <Page
      title={fn.name}
      lead={<FunctionState fn={fn} />}
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
      <Outlet />
    </Page>
  );
}
