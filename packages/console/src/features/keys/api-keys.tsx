import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import { Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './api-keys.module.css';
import { apiKey, keysQuery, newApiKey, type ApiKey, type NewApiKey } from './key-queries.ts';

/** More keys than the server's own: one per program, so that each can be taken back alone. */
export function ApiKeys(): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(keysQuery(useApi()));
  const columns = [
    { key: 'name', title: t('media.name') },
    { key: 'id', title: 'SecretId' },
    { key: 'state', title: t('media.status') },
    { key: 'used', title: t('keys.used'), align: 'right' as const },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <Section title={t('keys.title')} text={t('keys.text')}>
      <DataTable label={t('keys.title')} columns={columns}>
        {data.map((key) => (
          <KeyRow key={key.secretId} apiKey={key} />
        ))}
      </DataTable>
      <NewKey />
    </Section>
  );
}

function KeyRow({ apiKey: { secretId, name, disabledAt, lastUsedAt } }: { apiKey: ApiKey }): ReactNode {
  const { t } = useTranslation();
  const { mutate, isPending } = useDisable();
  return (
    <DataRow>
      <DataCell>{name === '' ? t('keys.unnamed') : name}</DataCell>
      <DataCell className={classes['id']}>
        <CopyText value={secretId} what="SecretId" />
      </DataCell>
      <DataCell>
        <StatusBadge tone={disabledAt === null ? 'success' : 'neutral'}>
          {disabledAt === null ? t('keys.active') : t('keys.disabled')}
        </StatusBadge>
      </DataCell>
      <DataCell align="right">
        {lastUsedAt === null ? t('keys.never') : <TimeText iso={lastUsedAt} />}
      </DataCell>
      <DataCell align="right">
        {disabledAt === null ? (
          <ConfirmButton
            size="compact-xs"
            label={t('keys.disable')}
            title={t('keys.disableTitle')}
            text={t('keys.disableText', { secretId })}
            loading={isPending}
            onConfirm={() => mutate(secretId)}
          />
        ) : null}
      </DataCell>
    </DataRow>
  );
}

function useDisable() {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (secretId: string) =>
      api.request(`/keys/${encodeURIComponent(secretId)}/disable`, apiKey, { method: 'POST' }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.keys }),
    onError: (error) => notifyError(t('templates.refused'), errorText(error)),
  });
}

function NewKey(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [name, setName] = useState('');
  const { data, mutate, isPending, error } = useMutation({
    mutationFn: () => api.request('/keys', newApiKey, { method: 'POST', body: { name } }),
    onSuccess: () => {
      setName('');
      void queryClient.invalidateQueries({ queryKey: queryKeys.keys });
    },
    gcTime: 0,
  });
  return (
    <>
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <TextInput
          className={classes['grow'] ?? ''}
          label={t('keys.newName')}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={isPending}>
          {t('keys.create')}
        </Button>
      </form>
      {error === null ? null : (
        <Alert color="red" role="alert" mt="sm">
          {errorText(error)}
        </Alert>
      )}
      {data === undefined ? null : <Secret created={data} />}
    </>
  );
}

/** Shown once: the server does not tell it again. */
function Secret({ created: { secretId, secretKey } }: { created: NewApiKey }): ReactNode {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" role="status" mt="sm" title={t('keys.once')}>
      <div className={classes['secret']}>
        <CopyText value={secretId} what="SecretId" wrap />
        <CopyText value={secretKey} what="SecretKey" wrap />
      </div>
    </Alert>
  );
}
