import { ActionIcon, Progress } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useUploads } from './upload-context.ts';
import classes from './upload-dock.module.css';
import { UploadRow } from './upload-row.tsx';
import { summarize, type UploadSummary } from './upload-summary.ts';
import { useLeaveWarning } from './use-leave-warning.ts';

/** All uploads of this visit, in the corner of every page. */
export function UploadDock(): ReactNode {
  const { t } = useTranslation();
  const { queue, items } = useUploads();
  const [open, setOpen] = useState(true);
  const summary = summarize(items);
  useLeaveWarning(summary.running > 0);
  if (items.length === 0) return null;
  return (
    <section className={classes['root']} aria-label={t('upload.panel')}>
      <div className={classes['header']}>
        <DockTitle summary={summary} />
        <div className={classes['buttons']}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-expanded={open}
            aria-label={open ? t('upload.collapse') : t('upload.expand')}
            onClick={() => setOpen(!open)}
          >
            {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronUp size={16} aria-hidden />}
          </ActionIcon>
          {summary.active > 0 ? null : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('upload.dismiss')}
              onClick={queue.clearEnded}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      </div>
      {summary.active > 0 && !open ? <Progress value={summary.percent} size={2} aria-hidden /> : null}
      {open ? (
        <ul className={classes['list']}>
          {items.map((item) => (
            <UploadRow key={item.id} item={item} queue={queue} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function DockTitle({ summary }: { summary: UploadSummary }): ReactNode {
  const { t } = useTranslation();
  const { active, failed, done } = summary;
  if (active > 0) return <span role="status">{t('upload.active', { count: active })}</span>;
  const parts = [
    ...(done > 0 ? [t('upload.finished', { count: done })] : []),
    ...(failed > 0 ? [t('upload.failed', { count: failed })] : []),
  ];
  return <span role="status">{parts.length === 0 ? t('upload.panel') : parts.join(' · ')}</span>;
}
