import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { LoadMore } from '../../shared/ui/load-more.tsx';
import { PendingPanel } from '../../shared/ui/pending-panel.tsx';
import { Panel } from '../../shared/ui/section.tsx';
import { isFiltered, type MediaFilter } from './media-filter.ts';
import { mediaListQuery } from './media-queries.ts';
import { MediaRows } from './media-rows.tsx';

export interface MediaListProps {
  filter: MediaFilter;
  onClear: () => void;
  /** Shown when there is no file at all. */
  firstRun: ReactNode;
}

export function MediaList({ filter, onClear, firstRun }: MediaListProps): ReactNode {
  const { t } = useTranslation();
  const query = useInfiniteQuery(mediaListQuery(useApi(), filter));
  const rows = query.data?.pages.flatMap(({ items }) => items);
  if (rows === undefined) {
    return <PendingPanel query={query} />;
  }
  if (rows.length === 0 && !isFiltered(filter)) return firstRun;
  if (rows.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={<IconSearchOff size={22} aria-hidden />}
          title={filter.q === undefined ? t('media.noneTitle') : t('media.noMatchTitle', { query: filter.q })}
          text={t('media.noMatchText')}
        >
          <Button variant="default" onClick={onClear}>
            {t('media.clearFilters')}
          </Button>
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel>
      <MediaRows rows={rows} isStale={query.isPlaceholderData} />
      <LoadMore query={query} />
    </Panel>
  );
}

/** How many files there are, once that is known. */
export function MediaCount({ filter }: { filter: MediaFilter }): ReactNode {
  const { t } = useTranslation();
  const { data } = useInfiniteQuery(mediaListQuery(useApi(), filter));
  const total = data?.pages[0]?.total;
  return total === undefined || total === 0 ? t('media.lead') : t('media.count', { count: total });
}
