import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '../../shared/ui/empty-state.tsx';

/** A fault of the page itself, or a part of it that could not be fetched after the server was updated: reloading helps. */
export function PageError({ error }: ErrorComponentProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <EmptyState
        tone="danger"
        icon={<IconAlertTriangle size={22} aria-hidden />}
        title={t('errors.unexpected')}
        text={error instanceof Error ? error.message : String(error)}
      >
        <Button variant="default" onClick={() => location.reload()}>
          {t('common.retry')}
        </Button>
      </EmptyState>
    </div>
  );
}
