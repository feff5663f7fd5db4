import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { AliasForm } from './alias-form.tsx';
import classes from './function-detail.module.css';
import { aliasesQuery, toRequest } from './function-queries.ts';
import type { Alias, FunctionKey } from './function-types.ts';

const DEFAULT_ALIAS = '$DEFAULT';

export interface FunctionAliasesProps {
  fn: FunctionKey;
  versions: readonly string[];
}

/** Names that point at versions. */
export function FunctionAliases({ fn, versions }: FunctionAliasesProps): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(aliasesQuery(useApi(), fn));
  const columns = [
    { key: 'alias', title: t('fn.versions.alias') },
    { key: 'points', title: t('fn.versions.pointsAt') },
    { key: 'description', title: t('fn.versions.description') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <Section
      title={t('fn.versions.aliases')}
      text={t('fn.versions.aliasesText')}
      actions={
        <DialogButton variant="default" label={t('fn.versions.addAlias')} title={t('fn.versions.addAlias')}>
          {(close) => <AliasForm fn={fn} versions={versions} alias={null} onClose={close} />}
        </DialogButton>
      }
    >
      <DataTable label={t('fn.versions.aliases')} columns={columns}>
        {(data?.Aliases ?? []).map((alias) => (
          <AliasRow key={alias.Name} fn={fn} versions={versions} alias={alias} />
        ))}
      </DataTable>
    </Section>
  );
}

function AliasRow({ fn, versions, alias }: FunctionAliasesProps & { alias: Alias }): ReactNode {
  const { t } = useTranslation();
  const { Name: name, Description, RoutingConfig } = alias;
  const [second] = RoutingConfig.AdditionalVersionWeights;
  const { mutate, isPending } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.versions.aliasDeleted'),
    failed: t('fn.refused'),
  });
  return (
    <DataRow>
      <DataCell>{name}</DataCell>
      <DataCell>
        {alias.FunctionVersion}
        {second === undefined ? null : (
          <span className={classes['mute']}>
            {' · '}
            {t('fn.versions.share', { percent: Math.round(second.Weight * 100), version: second.Version })}
          </span>
        )}
      </DataCell>
      <DataCell>{Description === '' ? null : Description}</DataCell>
      <DataCell align="right">
        <span className={classes['rowActions']}>
          <DialogButton
            size="compact-xs"
            variant="default"
            label={t('common.edit')}
            title={t('fn.versions.editAlias', { name })}
          >
            {(close) => <AliasForm fn={fn} versions={versions} alias={alias} onClose={close} />}
          </DialogButton>
          {name === DEFAULT_ALIAS ? null : (
            <ConfirmButton
              size="compact-xs"
              label={t('common.delete')}
              title={t('fn.versions.deleteAliasTitle', { name })}
              text={t('fn.versions.deleteAliasText')}
              loading={isPending}
              onConfirm={() =>
                mutate({ action: 'DeleteAlias', parameters: { ...toRequest(fn), Name: name } })
              }
            />
          )}
        </span>
      </DataCell>
    </DataRow>
  );
}
