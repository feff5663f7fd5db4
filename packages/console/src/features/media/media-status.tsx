import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import classes from './media-status.module.css';
import type { MediaRow } from './media-types.ts';

const TONES: Record<MediaRow['status'], Tone> = {
  Processing: 'progress',
  Normal: 'success',
  Failed: 'danger',
};

/** The state of a file; with a bar while it is processed and the reason when it failed. */
export function MediaStatus({
  media,
}: {
  media: Pick<MediaRow, 'status' | 'progress' | 'failure' | 'name'>;
}): ReactNode {
  const { t } = useTranslation();
  const { status, progress, failure } = media;
  if (status === 'Processing' && progress !== null) return <ProcessingBar percent={Math.round(progress)} />;
  const badge = <StatusBadge tone={TONES[status]}>{t(`media.statusNames.${status}`)}</StatusBadge>;
  if (status !== 'Failed' || failure === null) return badge;
  return (
    <Tooltip label={failure} events={{ hover: true, focus: true, touch: true }}>
      <span
        className={classes['reason']}
        tabIndex={0}
        role="note"
        aria-label={`${t('media.statusNames.Failed')}: ${failure}`}
      >
        {badge}
      </span>
    </Tooltip>
  );
}

function ProcessingBar({ percent }: { percent: number }): ReactNode {
  const { t } = useTranslation();
  const label = t('media.processingPercent', { percent });
  return (
    <span className={classes['processing']}>
      <StatusBadge tone="progress">{label}</StatusBadge>
      <progress className={classes['bar']} max={100} value={percent} aria-label={label} />
    </span>
  );
}
