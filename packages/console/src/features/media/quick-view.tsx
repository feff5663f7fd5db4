import { Alert, Drawer, Skeleton, Tabs } from '@mantine/core';
import { IconFileUnknown } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { ApiError } from '../../shared/api/api-error.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { useDocumentTitle } from '../../shared/ui/use-document-title.ts';
import { DetailsView } from './details-view.tsx';
import { type Deletion, MediaActions } from './media-actions.tsx';
import { mediaDetailQuery } from './media-queries.ts';
import { MediaStatus } from './media-status.tsx';
import type { MediaDetail } from './media-types.ts';
import { OutputsView } from './outputs-view.tsx';
import { PlayerSection } from './player-section.tsx';
import classes from './quick-view.module.css';
import { TasksView } from './tasks-view.tsx';
import { TimelineView } from './timeline-view.tsx';

/** One file in a drawer: playback, URLs, tasks, and everything that happened to it. */
export function QuickView({ fileId, onClose }: { fileId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [isGoing, setGoing] = useState(false);
  const { data, error, refetch } = useQuery({ ...mediaDetailQuery(useApi(), fileId), enabled: !isGoing });
  const queryClient = useQueryClient();
  useDocumentTitle(data?.name);
  const onDeleted = (): void => {
    onClose();
    void queryClient.invalidateQueries({ queryKey: queryKeys.media });
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title={<span className={classes['title']}>{data?.name ?? t('quickView.title')}</span>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 160 }}
    >
      {data !== undefined ? <QuickViewBody media={data} deletion={{ onGoing: setGoing, onDeleted }} /> : null}
      {data === undefined && error === null ? <QuickViewSkeleton /> : null}
      {data === undefined && error !== null ? (
        <QuickViewError error={error} fileId={fileId} onRetry={() => void refetch()} />
      ) : null}
    </Drawer>
  );
}

interface QuickViewBodyProps {
  media: MediaDetail;
  deletion: Deletion;
}

function QuickViewBody({ media, deletion }: QuickViewBodyProps): ReactNode {
  const { t } = useTranslation();
  const failure = media.failure ?? media.probeFailure;
  return (
    <div className={classes['root']}>
      <div className={classes['facts']}>
        <MediaStatus media={media} />
        <span className={classes['id']}>
          <CopyText value={media.fileId} what="FileId" />
        </span>
        {media.isForbidden ? (
          <StatusBadge tone="warning">{t('media.statusNames.Forbidden')}</StatusBadge>
        ) : null}
      </div>
      <MediaActions media={media} deletion={deletion} />
      {failure === null ? null : (
        <Alert color="red" title={t('quickView.failure')}>
          {failure}
        </Alert>
      )}
      <PlayerSection media={media} />
      <Tabs defaultValue="outputs" keepMounted={false}>
        <Tabs.List className={classes['tabs'] ?? ''}>
          <Tabs.Tab value="outputs">{t('quickView.tabs.outputs')}</Tabs.Tab>
          <Tabs.Tab value="tasks">{t('quickView.tabs.tasks')}</Tabs.Tab>
          <Tabs.Tab value="timeline">{t('quickView.tabs.timeline')}</Tabs.Tab>
          <Tabs.Tab value="details">{t('quickView.tabs.details')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="outputs" pt="md">
          <OutputsView media={media} />
        </Tabs.Panel>
        <Tabs.Panel value="tasks" pt="md">
          <TasksView tasks={media.tasks} />
        </Tabs.Panel>
        <Tabs.Panel value="timeline" pt="md">
          <TimelineView media={media} />
        </Tabs.Panel>
        <Tabs.Panel value="details" pt="xs">
          <DetailsView media={media} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function QuickViewSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['root']} role="status" aria-label={t('common.loading')}>
      <Skeleton height={22} width="60%" />
      <Skeleton className={classes['skeletonPlayer'] ?? ''} radius="md" />
      <Skeleton height={36} width="50%" />
      <Skeleton height={120} />
    </div>
  );
}

interface QuickViewErrorProps {
  error: Error;
  fileId: string;
  onRetry: () => void;
}

function QuickViewError({ error, fileId, onRetry }: QuickViewErrorProps): ReactNode {
  const { t } = useTranslation();
  if (!(error instanceof ApiError) || error.status !== 404)
    return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <EmptyState
      icon={<IconFileUnknown size={22} aria-hidden />}
      title={t('quickView.notFoundTitle')}
      text={t('quickView.notFoundText', { fileId })}
    />
  );
}
