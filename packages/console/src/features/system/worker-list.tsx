import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './system-view.module.css';
import { workersQuery } from './system-queries.ts';
import type { Worker } from './system-types.ts';

const TONES: Record<Worker['state'], Tone> = { ready: 'success', draining: 'warning', silent: 'danger' };

/** Every process that works on tasks. */
export function WorkerList(): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(workersQuery(useApi()));
  const columns = [
    { key: 'name', title: t('system.worker') },
    { key: 'state', title: t('system.state') },
    { key: 'load', title: t('system.load'), align: 'right' as const },
    { key: 'cores', title: t('system.cores'), align: 'right' as const },
    { key: 'version', title: t('account.version'), align: 'right' as const },
    { key: 'seen', title: t('system.seen'), align: 'right' as const },
  ];
  return (
    <div>
      <h2 className={classes['title']}>{t('system.workers')}</h2>
      <Panel>
        {data === undefined && error === null ? <TableSkeleton rows={2} /> : null}
        {data === undefined && error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : null}
        {data === undefined ? null : (
          <DataTable label={t('system.workers')} columns={columns}>
            {data.map((worker) => (
              <WorkerRow key={worker.workerId} worker={worker} />
            ))}
          </DataTable>
        )}
      </Panel>
    </div>
  );
}

function WorkerRow({ worker }: { worker: Worker }): ReactNode {
  const { t } = useTranslation();
  const { name, role, state, tasks, slots, cores, version, seenAt } = worker;
  return (
    <DataRow>
      <DataCell>
        {name} <span className={classes['mute']}>{t(`system.roles.${role}`)}</span>
      </DataCell>
      <DataCell>
        <StatusBadge tone={TONES[state]}>{t(`system.states.${state}`)}</StatusBadge>
      </DataCell>
      <DataCell align="right">{t('system.loadOf', { tasks: tasks.length, slots })}</DataCell>
      <DataCell align="right">{cores}</DataCell>
      <DataCell align="right">{version}</DataCell>
      <DataCell align="right">
        <TimeText iso={seenAt} clock />
      </DataCell>
    </DataRow>
  );
}
