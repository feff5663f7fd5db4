import { useInfiniteQuery } from '@tanstack/react-query';
import { IconClick, IconList } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { functionLogsQuery } from './function-queries.ts';
import type { LogItem } from './function-types.ts';
import classes from './function-logs.module.css';
import { LogDetail } from './log-detail.tsx';
import { LogEntry } from './log-entry.tsx';

export interface FunctionLogsProps {
  name: string;
  onlyFailed: boolean;
  /** RequestId of the request whose log is shown. */
  selected: string | null;
}

/** The requests of a function on the left, the log of the chosen one on the right. */
export function FunctionLogs({ name, onlyFailed, selected }: FunctionLogsProps): ReactNode {
  const query = useInfiniteQuery(functionLogsQuery(useApi(), name, onlyFailed));
  const items = query.data?.pages.flatMap((page) => page.items);
  if (items === undefined) {
    return <PendingPanel query={query} />;
  }
  if (items.length === 0) return <NoRequests onlyFailed={onlyFailed} />;
  return (
    <div className={classes['panes']} data-selected={selected === null ? undefined : true}>
      <LogList items={items} name={name} selected={selected}>
        <LoadMore query={query} />
      </LogList>
      <div className={classes['detail']}>
        <LogPane items={items} name={name} selected={selected} />
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
          <li className={classes['item']} key={item.requestId}>
            <LogEntry item={item} name={name} isSelected={item.requestId === selected} />
          </li>
        ))}
      </ul>
      {children}
    </nav>
  );
}

function LogPane({ items, name, selected }: Omit<LogListProps, 'children'>): ReactNode {
  const { t } = useTranslation();
  const item = items.find(({ requestId }) => requestId === selected);
  if (item !== undefined) return <LogDetail key={item.requestId} item={item} name={name} />;
  const title = selected === null ? t('functions.logs.select') : t('functions.logs.notListed');
  return <EmptyState icon={<IconClick size={22} aria-hidden />} title={title} />;
}

function NoRequests({ onlyFailed }: { onlyFailed: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <Panel>
      <EmptyState
        icon={<IconList size={22} aria-hidden />}
        title={onlyFailed ? t('functions.logs.emptyFailedTitle') : t('functions.logs.emptyTitle')}
        text={onlyFailed ? t('functions.logs.emptyFailedText') : t('functions.logs.emptyText')}
      />
    </Panel>
  );
}
