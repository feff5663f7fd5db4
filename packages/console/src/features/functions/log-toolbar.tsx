import { Button, SegmentedControl } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import classes from './function-logs.module.css';

export interface LogToolbarProps {
  onlyFailed: boolean;
  onFilter: (onlyFailed: boolean) => void;
}

export function LogToolbar({ onlyFailed, onFilter }: LogToolbarProps): ReactNode {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const isFetching = useIsFetching({ queryKey: queryKeys.functionLogs }) > 0;
  return (
    <div className={classes['toolbar']}>
      <SegmentedControl
        aria-label={t('functions.logs.filter')}
        value={onlyFailed ? 'failed' : 'all'}
        onChange={(value) => onFilter(value === 'failed')}
        data={[
          { value: 'all', label: t('functions.logs.all') },
          { value: 'failed', label: t('functions.logs.failed') },
        ]}
      />
      <Button
        variant="default"
        loading={isFetching}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={() => void queryClient.invalidateQueries({ queryKey: queryKeys.functionLogs })}
      >
        {t('functions.logs.refresh')}
      </Button>
    </div>
  );
}
