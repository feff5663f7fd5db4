import { IconMovie, IconMusic, IconPhoto } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatDuration } from '../../shared/format/duration.ts';
import { presetLabel } from '../../shared/format/preset.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow } from '../../shared/ui/data-table.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import classes from './media-list.module.css';
import { MediaStatus } from './media-status.tsx';
import { parseMediaFilter } from './media-filter.ts';
import { mediaKind } from './media-kind.ts';
import type { MediaRow } from './media-types.ts';

const ICONS = { video: IconMovie, audio: IconMusic, image: IconPhoto };

export interface MediaTableRowProps {
  media: MediaRow;
  index: number;
  rowRef: (element: HTMLTableRowElement | null) => void;
}

export function MediaTableRow({ media, index, rowRef }: MediaTableRowProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { durationSec, width, height, sizeBytes, outputs, createdAt } = media;
  return (
    <DataRow index={index} rowRef={rowRef}>
      <DataCell className={classes['name']}>
        <MediaTitle media={media} />
      </DataCell>
      <DataCell>
        <span className={classes['status']}>
          <MediaStatus media={media} />
          {media.isForbidden ? (
            <StatusBadge tone="warning">{t('media.statusNames.Forbidden')}</StatusBadge>
          ) : null}
        </span>
      </DataCell>
      <DataCell align="right">{durationSec === null ? null : formatDuration(durationSec)}</DataCell>
      <DataCell align="right" className={classes['resolution']}>
        {width === null || height === null ? null : `${width} × ${height}`}
      </DataCell>
      <DataCell align="right">{format.bytes(sizeBytes)}</DataCell>
      <DataCell className={classes['outputs']}>
        {outputs.length === 0
          ? null
          : outputs.map(({ definition }) => presetLabel(definition) ?? definition).join(' · ')}
      </DataCell>
      <DataCell align="right">
        <TimeText iso={createdAt} />
      </DataCell>
    </DataRow>
  );
}

function MediaTitle({ media }: { media: MediaRow }): ReactNode {
  const KindIcon = ICONS[mediaKind(media.type)];
  return (
    <div className={classes['title']}>
      <span className={classes['icon']} aria-hidden>
        <KindIcon size={18} stroke={1.6} aria-hidden />
      </span>
      <div className={classes['words']}>
        <Link
          className={classes['link']}
          to="/media/$fileId"
          params={{ fileId: media.fileId }}
          search={(previous) => parseMediaFilter({ ...previous })}
          data-row-link
          title={media.name}
        >
          {media.name}
        </Link>
        <span className={classes['fileId']}>
          <CopyText value={media.fileId} what="FileId" />
        </span>
      </div>
    </div>
  );
}
