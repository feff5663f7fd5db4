import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { isTaskState, TASK_STATES, type TaskState } from './task-types.ts';

export interface TaskFilterProps {
  state: TaskState | null;
  onChange: (state: TaskState | null) => void;
}

export function TaskFilter({ state, onChange }: TaskFilterProps): ReactNode {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      aria-label={t('tasks.filter')}
      value={state ?? 'all'}
      onChange={(value) => onChange(isTaskState(value) ? value : null)}
      data={[
        { value: 'all', label: t('tasks.all') },
        ...TASK_STATES.map((value) => ({ value, label: t(`tasks.states.${value}`) })),
      ]}
    />
  );
}
