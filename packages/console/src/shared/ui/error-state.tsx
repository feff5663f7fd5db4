import { Button } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { isUnreachable } from '../api/api-error.ts';
import { EmptyState } from './empty-state.tsx';
import { useErrorText } from './error-text.ts';

/** Takes the place of what could not be loaded. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const unreachable = isUnreachable(error);
  return (
    <div role="alert">
      <EmptyState
        tone="danger"
        icon={
          unreachable ? (
            <IconPlugConnectedX size={22} aria-hidden />
          ) : (
            <IconAlertTriangle size={22} aria-hidden />
          )
        }
        title={unreachable ? t('errors.unreachableTitle') : t('errors.title')}
        text={unreachable ? t('errors.unreachableText') : errorText(error)}
      >
        <Button variant="default" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      </EmptyState>
    </div>
  );
}
