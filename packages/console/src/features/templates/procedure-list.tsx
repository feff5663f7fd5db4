import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { proceduresQuery, type Procedure } from '../../shared/templates/template-queries.ts';
import { summarize, type Work } from '../../shared/templates/work.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import { ProcedureForm } from './procedure-form.tsx';
import classes from './template-form.module.css';

export function ProcedureList(): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(proceduresQuery(useApi()));
  const [editing, setEditing] = useState<{ procedure: Procedure | null } | null>(null);
  const columns = [
    { key: 'name', title: t('media.name') },
    { key: 'type', title: t('templates.type') },
    { key: 'work', title: t('tasks.parts') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <>
      <div className={classes['toolbar']}>
        <p className={classes['text']}>{t('procedures.lead')}</p>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setEditing({ procedure: null })}
        >
          {t('procedures.new')}
        </Button>
      </div>
      <Panel>
        {data === undefined && error === null ? <TableSkeleton /> : null}
        {data === undefined && error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : null}
        {data === undefined ? null : (
          <DataTable label={t('procedures.title')} columns={columns}>
            {data.map((procedure) => (
              <ProcedureRow
                key={procedure.Name}
                procedure={procedure}
                onEdit={() => setEditing({ procedure })}
              />
            ))}
          </DataTable>
        )}
      </Panel>
      {editing === null ? null : <ProcedureForm {...editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function ProcedureRow({ procedure, onEdit }: { procedure: Procedure; onEdit: () => void }): ReactNode {
  const { t } = useTranslation();
  const { Name: name, Comment: comment, MediaProcessTask: work } = procedure;
  const isPreset = procedure.Type === 'Preset';
  const { mutate, isPending } = useVodAction({
    stale: [queryKeys.procedures],
    done: t('procedures.deleted'),
    failed: t('templates.refused'),
  });
  return (
    <DataRow>
      <DataCell>
        {name}
        <div className={classes['comment']}>{comment}</div>
      </DataCell>
      <DataCell>
        <StatusBadge tone={isPreset ? 'neutral' : 'progress'}>
          {isPreset ? t('templates.preset') : t('templates.custom')}
        </StatusBadge>
      </DataCell>
      <DataCell className={classes['comment']}>
        <WorkText work={work} />
      </DataCell>
      <DataCell align="right">
        {isPreset ? null : (
          <span className={classes['rowActions']}>
            <Button variant="default" size="compact-xs" onClick={onEdit}>
              {t('common.edit')}
            </Button>
            <ConfirmButton
              size="compact-xs"
              label={t('common.delete')}
              title={t('templates.deleteTitle', { name })}
              text={t('procedures.deleteText')}
              loading={isPending}
              onConfirm={() => mutate({ action: 'DeleteProcedureTemplate', parameters: { Name: name } })}
            />
          </span>
        )}
      </DataCell>
    </DataRow>
  );
}

function WorkText({ work }: { work: Work }): ReactNode {
  const { t } = useTranslation();
  return summarize(work)
    .map(({ kind, definitions }) => `${t(`templates.kinds.${kind}`)} ${definitions.join(', ')}`)
    .join(' · ');
}
