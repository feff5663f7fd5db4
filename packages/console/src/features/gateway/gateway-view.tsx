import { IconRoute } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { record } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { ENVIRONMENTS } from '../../shared/gateway/api-draft.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel, Section } from '../../shared/ui/section.tsx';
import { ApiSettings } from './api-settings.tsx';
import { gatewayQuery, type GatewayApi, type GatewayService } from './gateway-queries.ts';
import classes from './gateway-view.module.css';

/** Services, and the APIs in them. */
export function GatewayView(): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(gatewayQuery(useApi()));
  if (query.data === undefined) return <PendingPanel query={query} />;
  if (query.data.length === 0)
    return (
      <Panel>
        <EmptyState
          icon={<IconRoute size={22} aria-hidden />}
          title={t('gateway.emptyTitle')}
          text={t('gateway.emptyText')}
        />
      </Panel>
    );
  return query.data.map((service) => <ServiceSection key={service.serviceId} service={service} />);
}

function ServiceSection({ service }: { service: GatewayService }): ReactNode {
  const { t } = useTranslation();
  const { serviceId, name, host, apis } = service;
  const columns = [
    { key: 'api', title: t('gateway.api') },
    { key: 'environment', title: t('gateway.environment') },
    { key: 'function', title: t('gateway.function') },
    { key: 'settings', title: t('gateway.settings') },
    { key: 'address', title: t('gateway.address') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <Section
      title={name}
      text={
        <>
          {serviceId} · {t('gateway.host')}: {host}
        </>
      }
    >
      <DataTable label={name} columns={columns}>
        {apis.map((api) => (
          <ApiRow key={api.apiId} api={api} />
        ))}
      </DataTable>
    </Section>
  );
}

function ApiRow({ api }: { api: GatewayApi }): ReactNode {
  const { t } = useTranslation();
  const { method, path, functionName, functionNamespace, functionQualifier, apiId, url } = api;
  const environment = ENVIRONMENTS.find((each) => each === api.environment);
  return (
    <DataRow>
      <DataCell>
        <span className={classes['method']}>{method}</span> <span className={classes['path']}>{path}</span>
        <div className={classes['mute']}>{apiId}</div>
      </DataCell>
      <DataCell>
        {environment === undefined ? api.environment : t(`gateway.environments.${environment}`)}
      </DataCell>
      <DataCell>
        <Link
          to="/functions/$name"
          params={{ name: functionName }}
          search={functionNamespace === 'default' ? {} : { namespace: functionNamespace }}
        >
          {functionName}
        </Link>
        <div className={classes['mute']}>{functionQualifier}</div>
      </DataCell>
      <DataCell>
        <ApiSettings api={api} />
      </DataCell>
      <DataCell className={classes['address']}>
        <CopyText value={url} what={t('gateway.address')} />
      </DataCell>
      <DataCell align="right">
        <DeleteApi api={api} />
      </DataCell>
    </DataRow>
  );
}

function DeleteApi({ api: { apiId, url } }: { api: GatewayApi }): ReactNode {
  const { t } = useTranslation();
  const server = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => server.request(`/gateway/apis/${apiId}/remove`, record, { method: 'POST' }),
    onSuccess: () => {
      notifySuccess(t('gateway.deleted'));
      for (const queryKey of [queryKeys.gateway, queryKeys.functions])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('fn.refused'), errorText(error)),
  });
  return (
    <ConfirmButton
      size="compact-xs"
      label={t('common.delete')}
      title={t('gateway.deleteTitle')}
      text={t('gateway.deleteText', { address: url })}
      loading={isPending}
      onConfirm={() => mutate()}
    />
  );
}
