import { Button } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '../../shared/ui/empty-state.tsx';

export function NotFoundPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconCompass size={22} aria-hidden />}
      title={t('common.notFoundTitle')}
      text={t('common.notFoundText')}
    >
      <Button component={Link} to="/media" variant="default">
        {t('common.toMedia')}
      </Button>
    </EmptyState>
  );
}
