import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconClick, IconList } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { functionLogsQuery, requestQuery } from './function-queries.ts';
import type { FunctionKey, LogItem } from './function-types.ts';
import classes from './function-logs.module.css';
import { LogDetail } from './log-detail.tsx';
import { LogEntry } from './log-entry.tsx';
import { isFiltered, type LogFilter } from './log-filter.ts';

export interface FunctionLogsProps {
  fn: FunctionKey;
  filter: LogFilter;
  /** RequestId of the request whose log is shown. */
  selected: string | null;
}

/** The requests of a function on the left, the log of the chosen one on the right. */
export function FunctionLogs({ fn, filter, selected }: FunctionLogsProps): ReactNode {
  const query = useInfiniteQuery(functionLogsQuery(useApi(), fn, filter));
  const items = query.data?.pages.flatMap((page) => page.items);
  if (items === undefined) {
    return <PendingPanel query={query} />;
  }
  if (items.length === 0 && selected === null) return <NoRequests isFiltered={isFiltered(filter)} />;
  return (
    <div className={classes['panes']} data-selected={selected === null ? undefined : true}>
      <LogList items={items} name={fn.name} selected={selected}>
        <LoadMore query={query} />
      </LogList>
      <div className={classes['detail']}>
        <LogPane items={items} fn={fn} selected={selected} />
      </div>
    </div>
  );
}

interface LogListProps {
  items: readonly LogItem[];
  name: string;
  selected: string | null;
  children?: ReactNode;
}

function LogList({ items, name, selected, children }: LogListProps): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className={classes['list']} aria-label={t('functions.logs.list')}>
      <ul className={classes['items']}>
        {items.map((item) => (
          <li className={classes['item']} key={`${item.requestId}/${item.retryNum}`}>
            <LogEntry item={item} name={name} isSelected={item.requestId === selected} />
          </li>
        ))}
      </ul>
      {children}
    </nav>
  );
}

interface LogPaneProps {
  items: readonly LogItem[];
  fn: FunctionKey;
  selected: string | null;
}

function LogPane({ items, fn, selected }: LogPaneProps): ReactNode {
  const { t } = useTranslation();
  const item = items.find(({ requestId }) => requestId === selected);
  if (item !== undefined) return <LogDetail key={item.requestId} item={item} name={fn.name} />;
  if (selected !== null) return <OtherRequest fn={fn} requestId={selected} />;
  return <EmptyState icon={<IconClick size={22} aria-hidden />} title={t('functions.logs.select')} />;
}

/** One that the filters or the length of the list keep out: a link led to it. */
function OtherRequest({ fn, requestId }: { fn: FunctionKey; requestId: string }): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(requestQuery(useApi(), fn, requestId));
  if (query.data === undefined) return <PendingPanel query={query} />;
  if (query.data !== null) return <LogDetail item={query.data} name={fn.name} />;
  return <EmptyState icon={<IconClick size={22} aria-hidden />} title={t('functions.logs.notListed')} />;
}

function NoRequests({ isFiltered: isCut }: { isFiltered: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Panel>
      <EmptyState
        icon={<IconList size={22} aria-hidden />}
        title={isCut ? t('fn.logs.noMatch') : t('functions.logs.emptyTitle')}
        text={isCut ? t('fn.logs.noMatchText') : t('functions.logs.emptyText')}
      />
    </Panel>
  );
}
