import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { TaskFilter } from '../../features/tasks/task-filter.tsx';
import { TaskCount, TaskList } from '../../features/tasks/task-list.tsx';
import { Page } from '../../shared/ui/page.tsx';

const route = getRouteApi('/tasks');

export function TasksPage(): ReactNode {
  const { t } = useTranslation();
  const { state = null } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={t('tasks.title')}
      lead={<TaskCount state={state} />}
      actions={
        <TaskFilter
          state={state}
          onChange={(next) =>
            void navigate({ to: '.', search: next === null ? {} : { state: next }, replace: true })
          }
        />
      }
    >
      <TaskList state={state} />
    </Page>
  );
}
