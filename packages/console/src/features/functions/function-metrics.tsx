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
import classes from './function-detail.module.css';
import { metricsQuery } from './function-queries.ts';
import type { FunctionKey, MetricsStep } from './function-types.ts';
import { Numbers } from './numbers.tsx';

const RANGES = { hour: 1, day: 24, week: 168 } as const;
type Range = keyof typeof RANGES;

/** Calls, errors, duration, memory and cold starts over time. */
export function FunctionMetrics({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const [range, setRange] = useState<Range>('day');
  const { data, error, refetch } = useQuery(metricsQuery(useApi(), fn, RANGES[range]));
  return (
    <Section
      title={t('fn.metrics')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('system.range')}
          value={range}
          onChange={(value) => setRange(isRange(value) ? value : 'day')}
          data={[
            { value: 'hour', label: t('fn.lastHour') },
            { value: 'day', label: t('system.ranges.day') },
            { value: 'week', label: t('system.ranges.week') },
          ]}
        />
      }
    >
      {data === undefined ? null : (
        <>
          <Totals steps={data} />
          <Charts steps={data} />
        </>
      )}
      {data === undefined && error === null ? <TableSkeleton rows={4} /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
    </Section>
  );
}

function isRange(value: string): value is Range {
  return Object.hasOwn(RANGES, value);
}

function Totals({ steps }: { steps: readonly MetricsStep[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const sum = (pick: (step: MetricsStep) => number): number =>
    steps.reduce((total, step) => total + pick(step), 0);
  const highest = (pick: (step: MetricsStep) => number | null): number =>
    Math.max(0, ...steps.map((step) => pick(step) ?? 0));
  const invocations = sum((step) => step.invocations);
  const errors = sum((step) => step.errors);
  const share = invocations === 0 ? 0 : (errors / invocations) * 100;
  const numbers = [
    [t('fn.invocations'), String(invocations)],
    [t('fn.errors'), errors === 0 ? '0' : `${errors} (${share.toFixed(1)} %)`],
    [t('fn.coldStarts'), String(sum((step) => step.coldStarts))],
    [t('fn.slowest'), invocations === 0 ? '–' : format.elapsed(highest((step) => step.p95Ms))],
    [t('fn.maxMemory'), invocations === 0 ? '–' : format.bytes(highest((step) => step.maxMemoryBytes))],
  ] as const;
  return <Numbers items={numbers} className={classes['totals']} />;
}

function Charts({ steps }: { steps: readonly MetricsStep[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const labels = steps.map(({ at }) => format.dayTime(at));
  return (
    <div className={classes['charts']}>
      <Chart
        title={t('fn.invocations')}
        kind="bars"
        labels={labels}
        format={String}
        series={[
          {
            name: t('system.succeeded'),
            tone: 'success',
            values: steps.map(({ invocations, errors }) => invocations - errors),
          },
          { name: t('system.failed'), tone: 'danger', values: steps.map(({ errors }) => errors) },
        ]}
      />
      <Chart
        title={t('functions.logs.duration')}
        kind="lines"
        labels={labels}
        format={format.elapsed}
        series={[
          { name: t('system.median'), tone: 'accent', values: steps.map(({ medianMs }) => medianMs) },
          { name: t('system.p95'), tone: 'soft', values: steps.map(({ p95Ms }) => p95Ms) },
        ]}
      />
      <Chart
        title={t('fn.maxMemory')}
        kind="lines"
        labels={labels}
        format={format.bytes}
        series={[
          {
            name: t('functions.logs.memory'),
            tone: 'accent',
            values: steps.map(({ maxMemoryBytes }) => maxMemoryBytes),
          },
        ]}
      />
      <Chart
        title={t('fn.coldStarts')}
        kind="bars"
        labels={labels}
        format={String}
        series={[
          { name: t('fn.coldStarts'), tone: 'accent', values: steps.map(({ coldStarts }) => coldStarts) },
        ]}
      />
    </div>
  );
}
