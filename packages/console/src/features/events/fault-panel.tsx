import { Button } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { record } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './event-list.module.css';
import { faultsQuery, isFaultKind, type Fault } from './fault-queries.ts';

/** What goes wrong on purpose, and how often it has. */
export function FaultPanel(): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(faultsQuery(useApi()));
  const remove = useRemove();
  if (query.data === undefined) return <PendingPanel query={query} />;
  const faults = query.data;
  if (faults.length === 0)
    return (
      <Panel>
        <EmptyState
          icon={<IconBug size={22} aria-hidden />}
          title={t('faults.emptyTitle')}
          text={t('faults.emptyText')}
        />
      </Panel>
    );
  return (
    <>
      <div className={classes['filters']}>
        <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate(null)}>
          {t('faults.clear')}
        </Button>
      </div>
      <Panel>
        <FaultTable faults={faults} onRemove={(faultId) => remove.mutate(faultId)} />
      </Panel>
    </>
  );
}

/** @returns removes one, or all of them for null */
function useRemove() {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (faultId: string | null) =>
      api.request(faultId === null ? '/faults/clear' : `/faults/${faultId}/remove`, record, {
        method: 'POST',
      }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: queryKeys.faults }),
    onError: (error) => notifyError(t('templates.refused'), errorText(error)),
  });
}

interface FaultTableProps {
  faults: readonly Fault[];
  onRemove: (faultId: string) => void;
}

function FaultTable({ faults, onRemove }: FaultTableProps): ReactNode {
  const { t } = useTranslation();
  const columns = [
    { key: 'kind', title: t('faults.kind') },
    { key: 'when', title: t('faults.when') },
    { key: 'only', title: t('faults.only') },
    { key: 'applied', title: t('faults.applied'), align: 'right' as const },
    { key: 'last', title: t('faults.last'), align: 'right' as const },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <DataTable label={t('faults.title')} columns={columns}>
      {faults.map((fault) => (
        <DataRow key={fault.faultId}>
          <DataCell>
            <div className={classes['name']}>{fault.kind}</div>
            {isFaultKind(fault.kind) ? (
              <div className={classes['below']}>{t(`faults.kinds.${fault.kind}`)}</div>
            ) : null}
          </DataCell>
          <DataCell>
            <FaultWhen fault={fault} />
          </DataCell>
          <DataCell>
            {[fault.eventType, fault.fileId, fault.subAppId].filter((each) => each !== null).join(' · ') ||
              null}
          </DataCell>
          <DataCell align="right">{fault.applied}</DataCell>
          <DataCell align="right">
            {fault.appliedAt === null ? null : <TimeText iso={fault.appliedAt} clock />}
          </DataCell>
          <DataCell align="right">
            <Button size="compact-xs" variant="default" onClick={() => onRemove(fault.faultId)}>
              {t('faults.remove')}
            </Button>
          </DataCell>
        </DataRow>
      ))}
    </DataTable>
  );
}

function FaultWhen({ fault: { probability, remaining, delayMs } }: { fault: Fault }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    probability === 1 ? t('faults.always') : t('faults.share', { percent: +(probability * 100).toFixed(2) }),
    ...(remaining === null ? [] : [t('faults.remaining', { count: remaining })]),
    ...(delayMs === null ? [] : [format.elapsed(delayMs)]),
  ].join(' · ');
}
