import { Drawer } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { AttemptDetail } from '../../shared/events/attempt-detail.tsx';
import type { Attempt, Dispatch, EventView } from '../../shared/events/event-types.ts';
import { ReplayEvent } from '../../shared/events/replay-event.tsx';
import { SaveFixture } from '../../shared/events/save-fixture.tsx';
import { formatJson } from '../../shared/format/json.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import { STATE_TONES } from './event-list.tsx';
import classes from './event-list.module.css';
import { eventQuery } from './event-queries.ts';

/** One event over the list: the message and every delivery of it. */
export function EventDrawer({ eventId, onClose }: { eventId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(eventQuery(useApi(), eventId));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title={`${data?.type ?? t('deliveries.event')} #${eventId}`}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 160 }}
    >
      {data === undefined && error === null ? <TableSkeleton /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {data === null ? (
        <EmptyState icon={<IconBellOff size={22} aria-hidden />} title={t('deliveries.notFound')} />
      ) : null}
      {data === null || data === undefined ? null : <EventBody event={data} />}
    </Drawer>
  );
}

function EventBody({ event }: { event: EventView }): ReactNode {
  const { t } = useTranslation();
  const { state, mode, fileId, payload, attempts } = event;
  return (
    <div className={classes['detail']}>
      <div className={classes['actions']}>
        <StatusBadge tone={STATE_TONES[state]}>{t(`deliveries.states.${state}`)}</StatusBadge>
        <StatusBadge tone="neutral">{mode}</StatusBadge>
        <ReplayEvent eventId={event.eventId} />
        <SaveFixture event={event} />
        {fileId === '' ? null : (
          <Link className={classes['mute']} to="/media/$fileId" params={{ fileId }}>
            {t('deliveries.toFile')}
          </Link>
        )}
      </div>
      <Dispatches dispatches={event.dispatches} />
      {attempts.map((attempt, index) => (
        <AttemptItem
          key={`${attempt.endpointId ?? ''}/${attempt.attempt}/${attempt.startedAt}`}
          attempt={attempt}
          open={index === attempts.length - 1}
        />
      ))}
      <details open={attempts.length === 0}>
        <summary className={classes['summary']}>{t('deliveries.message')}</summary>
        <CodeBlock code={formatJson(payload)} label={t('deliveries.message')} />
      </details>
    </div>
  );
}

const DISPATCH_TONES: Record<Dispatch['state'], Tone> = {
  pending: 'progress',
  delivered: 'success',
  dead: 'danger',
};

function Dispatches({ dispatches }: { dispatches: readonly Dispatch[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (dispatches.length === 0) return null;
  return (
    <ul className={classes['dispatches']} aria-label={t('endpoints.title')}>
      {dispatches.map(({ endpointId, url, state, nextAttemptAt, reason }) => (
        <li className={classes['dispatch']} key={endpointId}>
          <StatusBadge tone={DISPATCH_TONES[state]}>{t(`endpoints.states.${state}`)}</StatusBadge>
          {url}
          <span className={classes['mute']}>
            {[
              ...(reason === null ? [] : [reason]),
              ...(nextAttemptAt === null
                ? []
                : [t('endpoints.next', { time: format.daySecond(nextAttemptAt) })]),
            ].join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function AttemptItem({ attempt, open }: { attempt: Attempt; open: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, durationMs, startedAt, endpointId, injected } = attempt;
  const facts = [
    status === null ? t('deliveries.noAnswer') : `HTTP ${status}`,
    ...(durationMs === null ? [] : [format.elapsed(durationMs)]),
    format.clock(startedAt),
    ...(endpointId === null ? [] : [`${t('endpoints.endpoint')} #${endpointId}`]),
    ...(injected.length === 0 ? [] : [t('faults.injected', { kinds: injected.join(', ') })]),
  ];
  return (
    <details open={open}>
      <summary className={classes['summary']}>
        {t('deliveries.attempt', { attempt: attempt.attempt })}{' '}
        <span className={classes['mute']}>{facts.join(' · ')}</span>
      </summary>
      <AttemptDetail attempt={attempt} />
    </details>
  );
}
