import { IconListCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { DataTable, type Column } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import classes from './task-list.module.css';
import { taskListQuery } from './task-queries.ts';
import { TaskRow } from './task-row.tsx';
import type { TaskState } from './task-types.ts';

/** Every task of the application, newest first. @param state only those; null for all */
export function TaskList({ state }: { state: TaskState | null }): ReactNode {
  const { t } = useTranslation();
  const columns = useColumns();
  const query = useInfiniteQuery(taskListQuery(useApi(), state));
  const tasks = query.data?.pages.flatMap(({ items }) => items);
  if (tasks === undefined) {
    return <PendingPanel query={query} />;
  }
  if (tasks.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={<IconListCheck size={22} aria-hidden />}
          title={state === null ? t('tasks.emptyTitle') : t('tasks.emptyStateTitle')}
          text={t('tasks.emptyText')}
        />
      </Panel>
    );
  }
  return (
    <Panel>
      <DataTable label={t('tasks.title')} columns={columns}>
        {tasks.map((task) => (
          <TaskRow key={task.taskId} task={task} nowMs={query.dataUpdatedAt} />
        ))}
      </DataTable>
      <LoadMore query={query} />
    </Panel>
  );
}

/** What waits and what runs, in words. */
export function TaskCount({ state }: { state: TaskState | null }): ReactNode {
  const { t } = useTranslation();
  const { data } = useInfiniteQuery(taskListQuery(useApi(), state));
  const first = data?.pages[0];
  return first === undefined ? t('tasks.lead') : t('tasks.count', first);
}

function useColumns(): Column[] {
  const { t } = useTranslation();
  return [
    { key: 'file', title: t('tasks.file') },
    { key: 'state', title: t('tasks.state') },
    { key: 'parts', title: t('tasks.parts'), className: classes['parts'] },
    { key: 'priority', title: t('tasks.priority'), align: 'right' },
    { key: 'worker', title: t('tasks.worker'), className: classes['worker'] },
    { key: 'created', title: t('tasks.created'), align: 'right' },
    { key: 'actions', title: t('common.actions'), align: 'right' },
  ];
}
