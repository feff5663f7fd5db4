import { IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { EndpointActions } from './endpoint-actions.tsx';
import { endpointsQuery, type Endpoint } from './endpoint-queries.ts';
import classes from './event-list.module.css';

/** Addresses of the profile `hardened`. @param onSent shows a test event */
export function EndpointList({ onSent }: { onSent: (eventId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(endpointsQuery(useApi()));
  const columns = [
    { key: 'url', title: t('endpoints.endpoint') },
    { key: 'state', title: t('endpoints.state') },
    { key: 'takes', title: t('endpoints.takes') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  if (query.data === undefined) return <PendingPanel query={query} />;
  return (
    <Panel>
      {query.data.length === 0 ? (
        <EmptyState
          icon={<IconWebhook size={22} aria-hidden />}
          title={t('endpoints.emptyTitle')}
          text={t('endpoints.emptyText')}
        />
      ) : (
        <DataTable label={t('endpoints.title')} columns={columns}>
          {query.data.map((endpoint) => (
            <EndpointRow key={endpoint.endpointId} endpoint={endpoint} onSent={onSent} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

interface EndpointRowProps {
  endpoint: Endpoint;
  onSent: (eventId: string) => void;
}

function EndpointRow({ endpoint, onSent }: EndpointRowProps): ReactNode {
  const { t } = useTranslation();
  const { endpointId, name, url } = endpoint;
  return (
    <DataRow>
      <DataCell className={classes['wide']}>
        <div className={classes['name']}>
          {name === '' ? t('endpoints.unnamed') : name}
          <span className={classes['mute']}>#{endpointId}</span>
        </div>
        <CopyText value={url} what="URL" />
      </DataCell>
      <DataCell>
        <EndpointState endpoint={endpoint} />
      </DataCell>
      <DataCell>
        <Takes endpoint={endpoint} />
      </DataCell>
      <DataCell align="right">
        <EndpointActions endpoint={endpoint} onSent={onSent} />
      </DataCell>
    </DataRow>
  );
}

/** Whether anything is sent to it now, and if not, why and until when. */
function EndpointState({ endpoint }: { endpoint: Endpoint }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, disabledReason, circuit, openUntil, failures } = endpoint;
  if (state === 'disabled')
    return (
      <>
        <StatusBadge tone="neutral">{t('endpoints.paused')}</StatusBadge>
        {disabledReason === null ? null : <div className={classes['below']}>{disabledReason}</div>}
      </>
    );
  if (circuit === 'open')
    return (
      <>
        <StatusBadge tone="danger">{t('endpoints.open')}</StatusBadge>
        <div className={classes['below']}>
          {t('endpoints.failures', { count: failures })}
          {openUntil === null ? '' : ` · ${t('endpoints.until', { time: format.clock(openUntil) })}`}
        </div>
      </>
    );
  return (
    <>
      <StatusBadge tone={failures === 0 ? 'success' : 'warning'}>{t('endpoints.enabled')}</StatusBadge>
      {failures === 0 ? null : (
        <div className={classes['below']}>{t('endpoints.failures', { count: failures })}</div>
      )}
    </>
  );
}

function Takes({ endpoint: { eventTypes, fileIds, classIds } }: { endpoint: Endpoint }): ReactNode {
  const { t } = useTranslation();
  const filters = [
    ...(eventTypes === null ? [] : [eventTypes.join(', ')]),
    ...(fileIds === null ? [] : [t('endpoints.files', { count: fileIds.length })]),
    ...(classIds === null ? [] : [t('endpoints.classes', { ids: classIds.join(', ') })]),
  ];
  return filters.length === 0 ? t('endpoints.everything') : filters.join(' · ');
}
