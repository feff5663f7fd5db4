import { Alert } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Panel, Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import { toAddresses } from './addresses.ts';
import classes from './function-detail.module.css';
import { FunctionMetrics } from './function-metrics.tsx';
import { functionDetailQuery, functionListQuery, functionLogsQuery } from './function-queries.ts';
import type { FunctionDetail, FunctionKey, LogItem } from './function-types.ts';
import { resultOf } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';
import { RESULT_TONES } from './result-tones.ts';

const RECENT = 5;

/** What a function is, how it goes, and its latest requests. */
export function FunctionOverview({ fn }: { fn: FunctionKey }): ReactNode {
  const query = useQuery(functionDetailQuery(useApi(), fn));
  if (query.data === undefined) return <PendingDetail query={query} />;
  return (
    <>
      <StatusReason detail={query.data} />
      <FunctionMetrics fn={fn} />
      <RecentRequests fn={fn} />
      <About fn={fn} detail={query.data} />
    </>
  );
}

function StatusReason({ detail: { Status, StatusDesc } }: { detail: FunctionDetail }): ReactNode {
  if (StatusDesc === '') return null;
  return (
    <Alert color={Status.endsWith('Failed') ? 'red' : 'yellow'} title={Status}>
      {StatusDesc}
    </Alert>
  );
}

function About({ fn, detail }: { fn: FunctionKey; detail: FunctionDetail }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { data = [] } = useQuery(functionListQuery(useApi()));
  const row = data.find(({ name, namespace }) => name === fn.name && namespace === fn.namespace);
  const addresses = toAddresses(detail.Triggers);
  const all = addresses.length === 0 && row !== undefined && row.address !== null ? [row.address] : addresses;
  return (
    <Section title={t('fn.about')}>
      <Facts
        items={[
          [
            t('functions.runtime'),
            `${detail.Runtime} · ${t(detail.Type === 'HTTP' ? 'fn.web' : 'fn.event')}`,
          ],
          [t('fn.handler'), detail.Handler === '' ? '–' : <code>{detail.Handler}</code>],
          [t('fn.namespace'), detail.Namespace],
          [t('functions.limits'), `${detail.MemorySize} MB · ${detail.Timeout} s`],
          [t('fn.codeSize'), format.bytes(detail.CodeSize)],
          [
            t('fn.instances'),
            row === undefined
              ? '–'
              : t('fn.instancesOf', { busy: row.instances.busy, idle: row.instances.idle }),
          ],
          [t('functions.modified'), row === undefined ? '–' : <TimeText iso={row.modifiedAt} />],
          [t('functions.address'), all.length === 0 ? t('functions.noAddress') : <Addresses urls={all} />],
        ]}
      />
    </Section>
  );
}

function Addresses({ urls }: { urls: readonly string[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className={classes['addresses']}>
      {urls.map((url) => (
        <CopyText key={url} value={url} what={t('functions.address')} wrap />
      ))}
    </span>
  );
}

function RecentRequests({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const { data } = useInfiniteQuery(functionLogsQuery(useApi(), fn, {}));
  const items = data?.pages[0]?.items.slice(0, RECENT) ?? [];
  const columns = [
    { key: 'time', title: t('functions.logs.time') },
    { key: 'result', title: t('functions.status') },
    { key: 'id', title: 'RequestId' },
    { key: 'duration', title: t('functions.logs.duration'), align: 'right' as const },
    { key: 'memory', title: t('functions.logs.memory'), align: 'right' as const },
  ];
  if (items.length === 0) return null;
  return (
    <div>
      <div className={classes['headingRow']}>
        <h2 className={classes['heading']}>{t('fn.recent')}</h2>
        <Link to="/functions/$name/logs" params={{ name: fn.name }} className={classes['more']}>
          {t('fn.allRequests')}
        </Link>
      </div>
      <Panel>
        <DataTable label={t('fn.recent')} columns={columns}>
          {items.map((item) => (
            <RequestRow key={`${item.requestId}/${item.retryNum}`} item={item} name={fn.name} />
          ))}
        </DataTable>
      </Panel>
    </div>
  );
}

function RequestRow({ item, name }: { item: LogItem; name: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const result = resultOf(item);
  return (
    <DataRow>
      <DataCell>
        <TimeText iso={item.startAt} clock />
      </DataCell>
      <DataCell>
        <StatusBadge tone={RESULT_TONES[result]}>
          {t(`functions.logs.${result}`)} {item.statusCode}
        </StatusBadge>
      </DataCell>
      <DataCell className={classes['request']}>
        <Link
          className={classes['rowLink']}
          to="/functions/$name/logs"
          params={{ name }}
          search={{ request: item.requestId }}
        >
          {item.requestId}
        </Link>
      </DataCell>
      <DataCell align="right">{item.durationMs === null ? null : format.elapsed(item.durationMs)}</DataCell>
      <DataCell align="right">
        {item.memUsageBytes === null ? null : format.bytes(item.memUsageBytes)}
      </DataCell>
    </DataRow>
  );
}
