import { ActionIcon, Progress } from '@mantine/core';
import { IconCircleCheckFilled, IconRefresh, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import classes from './upload-dock.module.css';
import { ResumeButton } from './resume-button.tsx';
import { isEnded, type UploadItem } from './upload-item.ts';
import type { UploadQueue } from './upload-queue.ts';

export function UploadRow({ item, queue }: { item: UploadItem; queue: UploadQueue<File> }): ReactNode {
  const { t } = useTranslation();
  const { id, name, state, sentBytes, sizeBytes } = item;
  const isUnderWay = state === 'uploading' || state === 'committing' || state === 'paused';
  return (
    <li className={classes['item']}>
      <div className={classes['row']}>
        <UploadName item={item} />
        {state === 'done' ? (
          <IconCircleCheckFilled className={classes['done']} size={18} aria-hidden />
        ) : null}
        {state === 'paused' ? <ResumeButton item={item} queue={queue} /> : null}
        {state === 'failed' || state === 'canceled' ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('upload.retryNamed', { name })}
            onClick={() => queue.retry(id)}
          >
            <IconRefresh size={15} aria-hidden />
          </ActionIcon>
        ) : null}
        {isEnded(item) ? null : (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('upload.cancelNamed', { name })}
            onClick={() => queue.cancel(id)}
          >
            <IconX size={15} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {isUnderWay ? (
        <Progress
          className={classes['bar']}
          size={4}
          value={sizeBytes === 0 ? 0 : (100 * sentBytes) / sizeBytes}
          animated={state === 'committing'}
          aria-label={t('upload.progressNamed', { name })}
        />
      ) : null}
      <div className={classes['state']} data-tone={state === 'failed' ? 'danger' : undefined}>
        <UploadStateText item={item} />
      </div>
    </li>
  );
}

function UploadName({ item }: { item: UploadItem }): ReactNode {
  const { t } = useTranslation();
  if (item.fileId === null) {
    return (
      <span className={classes['name']} title={item.name}>
        {item.name}
      </span>
    );
  }
  return (
    <Link
      className={classes['name']}
      to="/media/$fileId"
      params={{ fileId: item.fileId }}
      aria-label={t('upload.openNamed', { name: item.name })}
    >
      {item.name}
    </Link>
  );
}

function UploadStateText({ item }: { item: UploadItem }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, error, sentBytes, sizeBytes, bytesPerSec, remainingSec, isInterrupted } = item;
  const sent = `${format.bytes(sentBytes)} / ${format.bytes(sizeBytes)}`;
  if (state === 'failed') return t(`upload.errors.${error?.kind ?? 'other'}`, { reason: error?.message });
  if (state === 'done') return `${t('upload.done')} · ${format.bytes(sizeBytes)}`;
  if (state === 'waiting') return `${t('upload.waiting')} · ${format.bytes(sizeBytes)}`;
  if (isInterrupted) return `${sent} · ${t('upload.interrupted')}`;
  if (state === 'paused') return `${sent} · ${t('upload.paused')}`;
  if (state !== 'uploading') return t(`upload.${state}`);
  return [
    sent,
    ...(bytesPerSec === null ? [] : [t('upload.speed', { size: format.bytes(bytesPerSec) })]),
    ...(remainingSec === null ? [] : [t('upload.remaining', { time: format.remaining(remainingSec) })]),
  ].join(' · ');
}
