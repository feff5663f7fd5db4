import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { FunctionAliases } from './function-aliases.tsx';
import classes from './function-detail.module.css';
import { toRequest, versionsQuery } from './function-queries.ts';
import type { FunctionKey, Version } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';
import { toneOfStatus } from './result-tones.ts';

const LATEST = '$LATEST';

export function FunctionVersions({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(versionsQuery(useApi(), fn));
  const columns = [
    { key: 'version', title: t('fn.version') },
    { key: 'status', title: t('functions.status') },
    { key: 'description', title: t('fn.versions.description') },
    { key: 'added', title: t('fn.versions.added'), align: 'right' as const },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  if (query.data === undefined) return <PendingDetail query={query} />;
  const { Versions: versions } = query.data;
  return (
    <>
      <Section
        title={t('fn.versions.title')}
        text={t('fn.versions.text')}
        actions={
          <DialogButton label={t('fn.versions.publish')} title={t('fn.versions.publish')}>
            {(close) => <PublishForm fn={fn} onClose={close} />}
          </DialogButton>
        }
      >
        <DataTable label={t('fn.versions.title')} columns={columns}>
          {versions.map((version) => (
            <VersionRow key={version.Version} fn={fn} version={version} />
          ))}
        </DataTable>
      </Section>
      <FunctionAliases fn={fn} versions={versions.map(({ Version: name }) => name)} />
    </>
  );
}

function VersionRow({ fn, version }: { fn: FunctionKey; version: Version }): ReactNode {
  const { t } = useTranslation();
  const { Version: name, Description, AddTime, Status } = version;
  const { mutate, isPending } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.versions.deleted'),
    failed: t('fn.refused'),
  });
  return (
    <DataRow>
      <DataCell>
        <Link to="/functions/$name/code" params={{ name: fn.name }} search={{ version: name }}>
          {name}
        </Link>
      </DataCell>
      <DataCell>
        <StatusBadge tone={toneOfStatus(Status)}>{Status}</StatusBadge>
      </DataCell>
      <DataCell className={classes['mono']}>{Description === '' ? null : Description}</DataCell>
      <DataCell align="right">{AddTime}</DataCell>
      <DataCell align="right">
        {name === LATEST ? null : (
          <ConfirmButton
            size="compact-xs"
            label={t('common.delete')}
            title={t('fn.versions.deleteTitle', { version: name })}
            text={t('fn.versions.deleteText')}
            loading={isPending}
            onConfirm={() =>
              mutate({ action: 'DeleteFunctionVersion', parameters: { ...toRequest(fn), Qualifier: name } })
            }
          />
        )}
      </DataCell>
    </DataRow>
  );
}

function PublishForm({ fn, onClose }: { fn: FunctionKey; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [description, setDescription] = useState('');
  const { mutate, isPending, error } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.versions.published'),
    onDone: onClose,
  });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ action: 'PublishVersion', parameters: { ...toRequest(fn), Description: description } });
      }}
    >
      <TextInput
        label={t('fn.versions.description')}
        maxLength={1000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <ErrorAlert error={error} />
      <FormButtons submit={t('fn.versions.publish')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}
