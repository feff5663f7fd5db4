import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { Chart } from '../../shared/ui/chart.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import classes from './system-view.module.css';
import { overviewQuery } from './system-queries.ts';
import type { Hour } from './system-types.ts';

const RANGES = { day: 24, week: 168 } as const;
type Range = keyof typeof RANGES;

/** Throughput, success, latency and speed, hour by hour. */
export function WorkCharts(): ReactNode {
  const { t } = useTranslation();
  const [range, setRange] = useState<Range>('day');
  const { data, error, refetch } = useQuery(overviewQuery(useApi(), RANGES[range]));
  return (
    <Section
      title={t('system.work')}
      text={data === undefined ? null : t('system.queue', data.queue)}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('system.range')}
          value={range}
          onChange={(value) => setRange(value === 'week' ? 'week' : 'day')}
          data={[
            { value: 'day', label: t('system.ranges.day') },
            { value: 'week', label: t('system.ranges.week') },
          ]}
        />
      }
    >
      {data !== undefined ? <Charts hours={data.hours} /> : null}
      {data === undefined && error === null ? <TableSkeleton rows={4} /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
    </Section>
  );
}

function Charts({ hours }: { hours: readonly Hour[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const labels = hours.map(({ at }) => format.dayTime(at));
  return (
    <div className={classes['charts']}>
      <Chart
        title={t('system.tasksDone')}
        kind="bars"
        labels={labels}
        format={String}
        series={[
          {
            name: t('system.succeeded'),
            tone: 'success',
            values: hours.map(({ succeeded }) => succeeded),
          },
          { name: t('system.failed'), tone: 'danger', values: hours.map(({ failed }) => failed) },
        ]}
      />
      <Chart
        title={t('system.deliveries')}
        kind="bars"
        labels={labels}
        format={String}
        series={[
          { name: t('system.answered'), tone: 'success', values: hours.map(({ answered }) => answered) },
          {
            name: t('system.unanswered'),
            tone: 'danger',
            values: hours.map(({ deliveries, answered }) => deliveries - answered),
          },
        ]}
      />
      <Chart
        title={t('system.latency')}
        kind="lines"
        labels={labels}
        format={format.elapsed}
        series={[
          { name: t('system.median'), tone: 'accent', values: hours.map(({ medianMs }) => medianMs) },
          { name: t('system.p95'), tone: 'soft', values: hours.map(({ p95Ms }) => p95Ms) },
        ]}
      />
      <Chart
        title={t('system.speed')}
        kind="lines"
        labels={labels}
        format={(value) => `${value.toFixed(1)}×`}
        series={[{ name: t('system.speedName'), tone: 'accent', values: hours.map(({ speed }) => speed) }]}
      />
    </div>
  );
}
