import { getRouteApi, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FirstRun } from '../../features/media/first-run.tsx';
import { parseMediaFilter, type MediaFilter } from '../../features/media/media-filter.ts';
import { MediaFilters } from '../../features/media/media-filters.tsx';
import { MediaCount, MediaList } from '../../features/media/media-list.tsx';
import { MediaSearch } from '../../features/media/media-search.tsx';
import { PullButton } from '../../features/media/pull-button.tsx';
import { UploadButton } from '../../features/upload/upload-button.tsx';
import { Page } from '../../shared/ui/page.tsx';

const route = getRouteApi('/media');

export function MediaPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const filter = route.useSearch();
  const setFilter = (next: MediaFilter): void =>
    void navigate({ to: '/media', search: parseMediaFilter({ ...next }), replace: true });
  return (
    <Page
      title={t('media.title')}
      lead={<MediaCount filter={filter} />}
      actions={
        <>
          <MediaSearch kind="search" value={filter.q ?? ''} onChange={(q) => setFilter({ ...filter, q })} />
          <PullButton />
          <UploadButton />
        </>
      }
    >
      <MediaFilters filter={filter} onChange={setFilter} />
      <MediaList
        filter={filter}
        onClear={() => setFilter({})}
        firstRun={<FirstRun uploadButton={<UploadButton size="md" />} />}
      />
      <Outlet />
    </Page>
  );
}
