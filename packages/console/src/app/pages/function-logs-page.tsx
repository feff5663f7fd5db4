import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FunctionLogs } from '../../features/functions/function-logs.tsx';
import { LogToolbar } from '../../features/functions/log-toolbar.tsx';
import { Page } from '../../shared/ui/page.tsx';

const route = getRouteApi('/functions/$name');

export function FunctionLogsPage(): ReactNode {
  const { t } = useTranslation();
  const { name } = route.useParams();
  const { request = null, failed = false } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={name}
      lead={t('functions.logs.title')}
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
      actions={
        <LogToolbar
          onlyFailed={failed}
          onFilter={(onlyFailed) =>
            void navigate({ to: '.', search: onlyFailed ? { failed: true } : {}, replace: true })
          }
        />
      }
    >
      <FunctionLogs name={name} onlyFailed={failed} selected={request} />
    </Page>
  );
}
