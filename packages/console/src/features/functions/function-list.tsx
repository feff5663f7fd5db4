import { IconFunction } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable, type Column } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './function-list.module.css';
import { functionListQuery } from './function-queries.ts';
import type { FunctionRow } from './function-types.ts';
import { toneOfStatus } from './result-tones.ts';

export function FunctionList(): ReactNode {
  const { data, error, refetch } = useQuery(functionListQuery(useApi()));
  if (data !== undefined)
    return <Panel>{data.length === 0 ? <NoFunctions /> : <Table functions={data} />}</Panel>;
  return (
    <Panel>
      {error === null ? (
        <TableSkeleton rows={3} />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  );
}

function NoFunctions(): ReactNode {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconFunction size={22} aria-hidden />}
      title={t('functions.emptyTitle')}
      text={t('functions.emptyText')}
    >
      <div className={classes['command']}>
        <CodeBlock code="vodstack deploy" label="vodstack deploy" />
      </div>
    </EmptyState>
  );
}

function Table({ functions }: { functions: readonly FunctionRow[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <DataTable label={t('functions.table')} columns={useColumns()}>
      {functions.map((entry) => (
        <FunctionTableRow key={`${entry.namespace}/${entry.name}`} entry={entry} />
      ))}
    </DataTable>
  );
}

function useColumns(): Column[] {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('functions.name') },
    { key: 'status', title: t('functions.status') },
    { key: 'runtime', title: t('functions.runtime') },
    { key: 'limits', title: t('functions.limits') },
    { key: 'address', title: t('functions.address') },
    { key: 'modified', title: t('functions.modified'), align: 'right', className: classes['modified'] },
  ];
}

function FunctionTableRow({ entry }: { entry: FunctionRow }): ReactNode {
  const { t } = useTranslation();
  return (
    <DataRow>
      <DataCell className={classes['name']}>
        <Link
          className={classes['link']}
          to="/functions/$name"
          params={{ name: entry.name }}
          search={entry.namespace === 'default' ? {} : { namespace: entry.namespace }}
          title={entry.name}
        >
          {entry.name}
        </Link>
        <span className={classes['namespace']}>{entry.namespace}</span>
      </DataCell>
      <DataCell>
        <StatusBadge tone={toneOfStatus(entry.status)}>{entry.status}</StatusBadge>
      </DataCell>
      <DataCell>
        <div>{entry.runtime}</div>
        <div className={classes['handler']}>{entry.handler}</div>
      </DataCell>
      <DataCell>
        {entry.memoryMb} MB · {entry.timeoutSec} s
      </DataCell>
      <DataCell className={classes['address']}>
        {entry.address === null ? (
          <span className={classes['mute']}>{t('functions.noAddress')}</span>
        ) : (
          <CopyText value={entry.address} what={t('functions.address')} />
        )}
      </DataCell>
      <DataCell align="right" className={classes['modified']}>
        <TimeText iso={entry.modifiedAt} />
      </DataCell>
    </DataRow>
  );
}
