import { IconBell } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import type { EventState, EventView } from '../../shared/events/event-types.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { DataCell, DataRow, DataTable, type Column } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './event-list.module.css';
import { eventListQuery, eventQueueQuery, type EventFilter } from './event-queries.ts';

export const STATE_TONES: Record<EventState, Tone> = {
  pending: 'progress',
  delivered: 'success',
  confirmed: 'success',
  failed: 'danger',
  unaddressed: 'neutral',
};

/** What was told, newest first. */
export function EventList({ filter }: { filter: EventFilter }): ReactNode {
  const { t } = useTranslation();
  const columns = useColumns();
  const query = useInfiniteQuery(eventListQuery(useApi(), filter));
  const events = query.data?.pages.flatMap(({ items }) => items);
  if (events === undefined) return <PendingPanel query={query} />;
  return (
    <Panel>
      {events.length === 0 ? (
        <EmptyState
          icon={<IconBell size={22} aria-hidden />}
          title={t('deliveries.emptyTitle')}
          text={t('deliveries.emptyText')}
        />
      ) : (
        <DataTable label={t('deliveries.title')} columns={columns}>
          {events.map((event) => (
            <EventRow key={event.eventId} event={event} />
          ))}
        </DataTable>
      )}
      <LoadMore query={query} />
    </Panel>
  );
}

function EventRow({ event }: { event: EventView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { eventId, type, state, fileId, mode, attempts, createdAt } = event;
  const last = attempts.at(-1);
  return (
    <DataRow>
      <DataCell className={classes['type']}>
        <Link
          className={classes['link']}
          to="/events/$eventId"
          params={{ eventId }}
          search={(previous) => previous}
        >
          {type}
        </Link>
        <span className={classes['mute']}>#{eventId}</span>
      </DataCell>
      <DataCell>
        <StatusBadge tone={STATE_TONES[state]}>{t(`deliveries.states.${state}`)}</StatusBadge>
      </DataCell>
      <DataCell className={classes['file']}>{fileId === '' ? null : fileId}</DataCell>
      <DataCell>{mode}</DataCell>
      <DataCell align="right">{attempts.length}</DataCell>
      <DataCell align="right">
        {last === undefined
          ? null
          : [
              last.status === null ? t('deliveries.noAnswer') : `HTTP ${last.status}`,
              ...(last.durationMs === null ? [] : [format.elapsed(last.durationMs)]),
            ].join(' · ')}
      </DataCell>
      <DataCell align="right">
        <TimeText iso={createdAt} />
      </DataCell>
    </DataRow>
  );
}

function useColumns(): Column[] {
  const { t } = useTranslation();
  return [
    { key: 'type', title: t('deliveries.type') },
    { key: 'state', title: t('deliveries.result') },
    { key: 'file', title: t('deliveries.fileId') },
    { key: 'mode', title: t('deliveries.mode') },
    { key: 'attempts', title: t('deliveries.attempts'), align: 'right' },
    { key: 'last', title: t('deliveries.last'), align: 'right' },
    { key: 'created', title: t('media.created'), align: 'right' },
  ];
}

/** How much waits. */
export function EventQueue(): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(eventQueueQuery(useApi()));
  return data === undefined ? t('events.lead') : t('system.queue', data.queue);
}
