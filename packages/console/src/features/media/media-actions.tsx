import { Button } from '@mantine/core';
import { IconBan, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { EditMedia } from './edit-media.tsx';
import type { MediaDetail } from './media-types.ts';
import { ProcessAgain } from './process-again.tsx';
import classes from './quick-view.module.css';

export interface Deletion {
  /** Whether the file is about to go: asking for it would find nothing, before the answer says so. */
  onGoing: (isGoing: boolean) => void;
  onDeleted: () => void;
}

export function MediaActions({ media, deletion }: { media: MediaDetail; deletion: Deletion }): ReactNode {
  const { t } = useTranslation();
  const { fileId, name } = media;
  const remove = useVodAction({
    stale: [],
    done: t('quickView.deleted', { name }),
    failed: t('templates.refused'),
    onDone: deletion.onDeleted,
    onFailed: () => deletion.onGoing(false),
  });
  return (
    <div className={classes['actions']}>
      <ProcessAgain fileId={fileId} />
      <EditMedia media={media} />
      <ForbidButton media={media} />
      <ConfirmButton
        size="xs"
        leftSection={<IconTrash size={14} aria-hidden />}
        label={t('common.delete')}
        title={t('templates.deleteTitle', { name })}
        text={t('quickView.deleteText')}
        loading={remove.isPending}
        onConfirm={() => {
          deletion.onGoing(true);
          remove.mutate({ action: 'DeleteMedia', parameters: { FileId: fileId } });
        }}
      />
    </div>
  );
}

function ForbidButton({ media: { fileId, isForbidden } }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  const { mutate, isPending } = useVodAction({
    stale: [queryKeys.media],
    done: isForbidden ? t('quickView.allowed') : t('quickView.forbidden'),
    failed: t('templates.refused'),
  });
  return (
    <Button
      variant="default"
      size="xs"
      loading={isPending}
      leftSection={isForbidden ? <IconPlayerPlay size={14} aria-hidden /> : <IconBan size={14} aria-hidden />}
      onClick={() =>
        mutate({
          action: 'ForbidMediaDistribution',
          parameters: { FileIds: [fileId], Operation: isForbidden ? 'recover' : 'forbid' },
        })
      }
    >
      {isForbidden ? t('quickView.allow') : t('quickView.forbid')}
    </Button>
  );
}
