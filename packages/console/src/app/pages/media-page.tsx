import { getRouteApi, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FirstRun } from '../../features/media/first-run.tsx';
import { MediaCount, MediaList } from '../../features/media/media-list.tsx';
import { MediaSearch } from '../../features/media/media-search.tsx';
import { UploadButton } from '../../features/upload/upload-button.tsx';
import { Page } from '../../shared/ui/page.tsx';

const route = getRouteApi('/media');

export function MediaPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { q: search = '' } = route.useSearch();
  const setSearch = (next: string): void =>
    void navigate({ to: '.', search: next === '' ? {} : { q: next }, replace: true });
  return (
    <Page
      title={t('media.title')}
      lead={<MediaCount search={search} />}
      actions={
        <>
          <MediaSearch value={search} onChange={setSearch} />
          <UploadButton />
        </>
      }
    >
      <MediaList
        search={search}
        onClearSearch={() => setSearch('')}
        firstRun={<FirstRun uploadButton={<UploadButton size="md" />} />}
      />
      <Outlet />
    </Page>
  );
}
