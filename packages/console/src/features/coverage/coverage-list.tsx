import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import classes from './coverage-list.module.css';
import { type Coverage, coverageQuery, type CoverageRow, toRows } from './coverage.ts';

const TONES: Readonly<Record<CoverageRow['state'], Tone>> = {
  done: 'success',
  partial: 'warning',
  missing: 'neutral',
};

export function CoverageList(): ReactNode {
  const { data, error, refetch } = useQuery(coverageQuery(useApi()));
  if (data !== undefined) return <CoverageTable coverage={data} />;
  return (
    <Panel>
      {error === null ? (
        <TableSkeleton rows={10} />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  );
}

function CoverageTable({ coverage }: { coverage: Coverage }): ReactNode {
  const { t } = useTranslation();
  const { done, partial, missing } = coverage;
  const columns = [
    { key: 'action', title: t('coverage.action') },
    { key: 'state', title: t('coverage.state') },
    { key: 'unsupported', title: t('coverage.unsupported') },
  ];
  const counts = { done: done.length, partial: partial.length, missing: missing.length };
  return (
    <div className={classes['root']}>
      <p className={classes['summary']}>{t('coverage.summary', counts)}</p>
      <Panel>
        <DataTable label={t('coverage.title')} columns={columns}>
          {toRows(coverage).map((row) => (
            <CoverageTableRow key={row.name} row={row} />
          ))}
        </DataTable>
      </Panel>
    </div>
  );
}

function CoverageTableRow({ row }: { row: CoverageRow }): ReactNode {
  const { t } = useTranslation();
  return (
    <DataRow>
      <DataCell className={classes['name']}>{row.name}</DataCell>
      <DataCell>
        <StatusBadge tone={TONES[row.state]}>{t(`coverage.${row.state}`)}</StatusBadge>
      </DataCell>
      <DataCell className={classes['fields']}>
        {row.unsupported.length === 0 ? null : row.unsupported.join(', ')}
      </DataCell>
    </DataRow>
  );
}
