import { Button, NativeSelect } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { id, list, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import { deadLettersQuery, endpointsQuery, type DeadLetter } from './endpoint-queries.ts';
import classes from './event-list.module.css';

/** What endpoints did not take in all their time. */
export function DeadLetters(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const [endpointId, setEndpointId] = useState('');
  const query = useInfiniteQuery(deadLettersQuery(api, endpointId));
  const { data: endpoints = [] } = useQuery(endpointsQuery(api));
  const redrive = useRedrive();
  const letters = query.data?.pages.flatMap(({ items }) => items);
  if (letters === undefined) return <PendingPanel query={query} />;
  return (
    <>
      <div className={classes['filters']}>
        <NativeSelect
          aria-label={t('endpoints.endpoint')}
          value={endpointId}
          onChange={(event) => setEndpointId(event.currentTarget.value)}
          data={[
            { value: '', label: t('deadLetters.anyEndpoint') },
            ...endpoints.map(({ endpointId: value, name, url }) => ({
              value,
              label: name === '' ? url : `${name} · ${url}`,
            })),
          ]}
        />
        {letters.length === 0 ? null : (
          <ConfirmButton
            label={t('deadLetters.redriveAll')}
            title={t('deadLetters.redriveAllTitle')}
            text={t('deadLetters.redriveAllText')}
            loading={redrive.isPending}
            onConfirm={() => redrive.mutate(endpointId === '' ? {} : { endpointId: Number(endpointId) })}
          />
        )}
      </div>
      <Panel>
        {letters.length === 0 ? (
          <EmptyState
            icon={<IconMailOff size={22} aria-hidden />}
            title={t('deadLetters.emptyTitle')}
            text={t('deadLetters.emptyText')}
          />
        ) : (
          <LetterTable letters={letters} onRedrive={(letter) => redrive.mutate(toOne(letter))} />
        )}
        <LoadMore query={query} />
      </Panel>
    </>
  );
}

interface Redrive {
  endpointId?: number;
  eventIds?: number[];
}

function toOne({ endpointId, eventId }: DeadLetter): Redrive {
  return { endpointId: Number(endpointId), eventIds: [Number(eventId)] };
}

const redriven = object({ eventIds: list(id) });

function useRedrive() {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (body: Redrive) => api.request('/dead-letters/redrive', redriven, { method: 'POST', body }),
    onSuccess: ({ eventIds }) => {
      notifySuccess(t('deadLetters.redriven', { count: eventIds.length }));
      for (const queryKey of [queryKeys.deadLetters, queryKeys.events])
        void queryClient.invalidateQueries({ queryKey });
    },
    onError: (error) => notifyError(t('templates.refused'), errorText(error)),
  });
}

interface LetterTableProps {
  letters: readonly DeadLetter[];
  onRedrive: (letter: DeadLetter) => void;
}

function LetterTable({ letters, onRedrive }: LetterTableProps): ReactNode {
  const { t } = useTranslation();
  const columns = [
    { key: 'type', title: t('deliveries.type') },
    { key: 'endpoint', title: t('endpoints.endpoint') },
    { key: 'sends', title: t('deliveries.attempts'), align: 'right' as const },
    { key: 'reason', title: t('deadLetters.reason') },
    { key: 'dead', title: t('deadLetters.at'), align: 'right' as const },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <DataTable label={t('deadLetters.title')} columns={columns}>
      {letters.map((letter) => (
        <DataRow key={`${letter.eventId}/${letter.endpointId}`}>
          <DataCell className={classes['type']}>
            <Link
              className={classes['link']}
              to="/events/$eventId"
              params={{ eventId: letter.eventId }}
              search={{}}
            >
              {letter.type}
            </Link>
            <span className={classes['mute']}>#{letter.eventId}</span>
          </DataCell>
          <DataCell className={classes['wide']}>{letter.url}</DataCell>
          <DataCell align="right">{letter.attempts}</DataCell>
          <DataCell className={classes['wide']}>{letter.reason}</DataCell>
          <DataCell align="right">
            {letter.deadAt === null ? null : <TimeText iso={letter.deadAt} />}
          </DataCell>
          <DataCell align="right">
            <span className={classes['rowActions']}>
              <Button size="compact-xs" variant="default" onClick={() => onRedrive(letter)}>
                {t('deadLetters.redrive')}
              </Button>
            </span>
          </DataCell>
        </DataRow>
      ))}
    </DataTable>
  );
}
