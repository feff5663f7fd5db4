import { Loader } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { MediaDetail } from './media-types.ts';
import classes from './player.module.css';
import { QualityMenu } from './quality-menu.tsx';
import { SeekBar } from './seek-bar.tsx';
import { usePlayer } from './use-player.ts';

export interface PlayerProps {
  url: string;
  name: string;
  playback: MediaDetail['playback'];
}

export function Player({ url, name, playback }: PlayerProps): ReactNode {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const state = usePlayer(video, { url, subtitles: playback.subtitles });
  const isReady = state.status === 'ready';
  return (
    <div className={classes['player']}>
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
      {isReady ? (
        <div className={classes['tools']}>
          {playback.spritesUrl === null ? null : <SeekBar video={video} spritesUrl={playback.spritesUrl} />}
          {state.playback.qualities.length === 0 ? null : (
            <QualityMenu key={url} video={video} playback={state.playback} />
          )}
        </div>
      ) : null}
    </div>
  );
}
