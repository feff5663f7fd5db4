import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { DataTable, type Column } from '../../shared/ui/data-table.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { TableSkeleton } from '../../shared/ui/table-skeleton.tsx';
import classes from './media-list.module.css';
import { mediaListQuery } from './media-queries.ts';
import { MediaTableRow } from './media-row.tsx';

export interface MediaListProps {
  search: string;
  onClearSearch: () => void;
  /** Shown when there is no file at all. */
  firstRun: ReactNode;
}

export function MediaList({ search, onClearSearch, firstRun }: MediaListProps): ReactNode {
  const { t } = useTranslation();
  const columns = useColumns();
  const query = useInfiniteQuery(mediaListQuery(useApi(), search));
  const rows = query.data?.pages.flatMap(({ items }) => items);
  if (rows === undefined) {
    return (
      <Panel>
        {query.error === null ? (
          <TableSkeleton />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
      </Panel>
    );
  }
  if (rows.length === 0 && search === '') return firstRun;
  if (rows.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={<IconSearchOff size={22} aria-hidden />}
          title={t('media.noMatchTitle', { query: search })}
          text={t('media.noMatchText')}
        >
          <Button variant="default" onClick={onClearSearch}>
            {t('media.clearSearch')}
          </Button>
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel>
      <div data-stale={query.isPlaceholderData || undefined} className={classes['rows']}>
        <DataTable label={t('media.table')} columns={columns}>
          {rows.map((media) => (
            <MediaTableRow key={media.fileId} media={media} />
          ))}
        </DataTable>
      </div>
      {query.hasNextPage ? (
        <LoadMore
          loading={query.isFetchingNextPage}
          onLoad={() => void (query.isFetching ? undefined : query.fetchNextPage())}
        />
      ) : null}
    </Panel>
  );
}

/** How many files there are, once that is known. */
export function MediaCount({ search }: { search: string }): ReactNode {
  const { t } = useTranslation();
  const { data } = useInfiniteQuery(mediaListQuery(useApi(), search));
  const total = data?.pages[0]?.total;
  return total === undefined || total === 0 ? t('media.lead') : t('media.count', { count: total });
}

function useColumns(): Column[] {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('media.name') },
    { key: 'status', title: t('media.status') },
    { key: 'duration', title: t('media.duration'), align: 'right' },
    { key: 'resolution', title: t('media.resolution'), align: 'right', className: classes['resolution'] },
    { key: 'size', title: t('media.size'), align: 'right' },
    { key: 'outputs', title: t('media.outputs'), className: classes['outputs'] },
    { key: 'created', title: t('media.created'), align: 'right' },
  ];
}
