import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import {
  isTemplateKind,
  KIND_NAMES,
  TEMPLATE_KINDS,
  type TemplateKind,
} from '../../shared/templates/template-kinds.ts';
import { templatesQuery, type Template } from '../../shared/templates/template-queries.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import { TemplateForm } from './template-form.tsx';
import classes from './template-form.module.css';
import { summaryOf } from './template-summary.ts';

export interface TemplateListProps {
  kind: TemplateKind;
  onKind: (kind: TemplateKind) => void;
}

interface Editing {
  template: Template | null;
  isCopy: boolean;
}

export function TemplateList({ kind, onKind }: TemplateListProps): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(templatesQuery(useApi(), kind));
  const [editing, setEditing] = useState<Editing | null>(null);
  return (
    <>
      <div className={classes['toolbar']}>
        <div className={classes['scroll']}>
          <SegmentedControl
            aria-label={t('templates.kind')}
            value={kind}
            onChange={(value) => onKind(isTemplateKind(value) ? value : kind)}
            data={KIND_NAMES.map((value) => ({ value, label: t(`templates.kinds.${value}`) }))}
          />
        </div>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setEditing({ template: null, isCopy: false })}
        >
          {t('templates.new')}
        </Button>
      </div>
      <Panel>
        {data === undefined && error === null ? <TableSkeleton /> : null}
        {data === undefined && error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : null}
        {data === undefined ? null : <Table kind={kind} templates={data} onEdit={setEditing} />}
      </Panel>
      {editing === null ? null : <TemplateForm kind={kind} {...editing} onClose={() => setEditing(null)} />}
    </>
  );
}

interface TableProps {
  kind: TemplateKind;
  templates: readonly Template[];
  onEdit: (editing: Editing) => void;
}

function Table({ kind, templates, onEdit }: TableProps): ReactNode {
  const { t } = useTranslation();
  const columns = [
    { key: 'name', title: t('media.name') },
    { key: 'definition', title: t('templates.definition'), align: 'right' as const },
    { key: 'type', title: t('templates.type') },
    { key: 'summary', title: t('templates.summary') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  // One's own first.
  const sorted = templates.toSorted((a, b) => Number(a.isPreset) - Number(b.isPreset));
  return (
    <DataTable label={t('templates.title')} columns={columns}>
      {sorted.map((template) => (
        <DataRow key={template.definition}>
          <DataCell>
            {template.name === '' ? '–' : template.name}
            <div className={classes['comment']}>{template.comment}</div>
          </DataCell>
          <DataCell align="right">{template.definition}</DataCell>
          <DataCell>
            <StatusBadge tone={template.isPreset ? 'neutral' : 'progress'}>
              {template.isPreset ? t('templates.preset') : t('templates.custom')}
            </StatusBadge>
          </DataCell>
          <DataCell className={classes['comment']}>{summaryOf(kind, template.wire)}</DataCell>
          <DataCell align="right">
            <RowActions kind={kind} template={template} onEdit={onEdit} />
          </DataCell>
        </DataRow>
      ))}
    </DataTable>
  );
}

function RowActions({ kind, template, onEdit }: Omit<TableProps, 'templates'> & { template: Template }) {
  const { t } = useTranslation();
  const { mutate, isPending } = useVodAction({
    stale: [queryKeys.templates],
    done: t('templates.deleted'),
    failed: t('templates.refused'),
  });
  const { definition, name, isPreset } = template;
  return (
    <span className={classes['rowActions']}>
      {isPreset ? null : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('templates.edit', { definition })}
          onClick={() => onEdit({ template, isCopy: false })}
        >
          {t('common.edit')}
        </Button>
      )}
      {kind === 'watermark' ? null : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('templates.copyNamed', { definition })}
          onClick={() => onEdit({ template, isCopy: true })}
        >
          {t('templates.copy')}
        </Button>
      )}
      {isPreset ? null : (
        <ConfirmButton
          size="compact-xs"
          label={t('common.delete')}
          title={t('templates.deleteTitle', { name: name === '' ? definition : name })}
          text={t('templates.deleteText')}
          loading={isPending}
          onConfirm={() =>
            mutate({
              action: `Delete${TEMPLATE_KINDS[kind].noun}`,
              parameters: { Definition: definition },
            })
          }
        />
      )}
    </span>
  );
}
