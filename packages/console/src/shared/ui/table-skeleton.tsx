import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './table-skeleton.module.css';

const WIDTHS = ['38%', '46%', '31%', '42%', '35%'];

/** The shape of a list while its first page is loading. */
export function TableSkeleton({ rows = 6 }: { rows?: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div className={classes['row']} key={index}>
          <Skeleton height={12} width={WIDTHS[index % WIDTHS.length] ?? '40%'} radius="sm" />
          <Skeleton height={12} width="12%" radius="sm" />
          <Skeleton height={12} width="8%" radius="sm" />
        </div>
      ))}
    </div>
  );
}
