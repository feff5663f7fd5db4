import { Loader } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './player.module.css';
import { usePlayer } from './use-player.ts';

export function Player({ url, name }: { url: string; name: string }): ReactNode {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const state = usePlayer(video, url);
  return (
    <div className={classes['root']}>
      <video
        className={classes['video']}
        ref={video}
        controls
        playsInline
        aria-label={`${t('quickView.play')}: ${name}`}
      />
      {state.status === 'loading' ? (
        <div className={classes['overlay']} role="status">
          <Loader size="sm" color="gray" aria-label={t('quickView.playerLoading')} />
        </div>
      ) : null}
      {state.status === 'failed' ? (
        <div className={classes['overlay']} role="alert">
          <strong>{t('quickView.playerError')}</strong>
          <span>{t('quickView.playerErrorHint')}</span>
          <span className={classes['reason']}>{t('quickView.playerReason', { reason: state.reason })}</span>
        </div>
      ) : null}
    </div>
  );
}
