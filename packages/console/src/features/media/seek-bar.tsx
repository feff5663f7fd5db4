import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type PointerEvent, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';

import { formatDuration } from '../../shared/format/duration.ts';
import classes from './seek-bar.module.css';
import { parseSprites, spriteAt, type Sprite } from './sprites.ts';

export interface SeekBarProps {
  video: RefObject<HTMLVideoElement | null>;
  /** WebVTT with parts of pictures. */
  spritesUrl: string;
}

/** Goes to a place in the video and shows, under the pointer, what is there. */
export function SeekBar({ video, spritesUrl }: SeekBarProps): ReactNode {
  const { t } = useTranslation();
  const { data: sprites = [] } = useQuery({
    queryKey: ['sprites', spritesUrl],
    queryFn: async ({ signal }) => {
      const response = await fetch(spritesUrl, { signal });
      return response.ok ? parseSprites(await response.text(), response.url) : [];
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { timeSec, durationSec } = useVideoTime(video);
  const [previewSec, setPreviewSec] = useState<number | null>(null);
  if (sprites.length === 0 || durationSec === 0) return null;
  const sprite = previewSec === null ? undefined : spriteAt(sprites, previewSec);
  return (
    <div className={classes['root']}>
      {previewSec === null || sprite === undefined ? null : (
        <SeekPreview sprite={sprite} timeSec={previewSec} share={previewSec / durationSec} />
      )}
      <input
        className={classes['bar']}
        type="range"
        min={0}
        max={durationSec}
        step="any"
        value={timeSec}
        aria-label={t('quickView.seek')}
        aria-valuetext={formatDuration(timeSec)}
        onChange={({ currentTarget: { value } }) => {
          if (video.current !== null) video.current.currentTime = Number(value);
        }}
        onPointerMove={(event) => setPreviewSec(shareOf(event) * durationSec)}
        onPointerLeave={() => setPreviewSec(null)}
      />
    </div>
  );
}

/** Where on the bar the pointer is, from 0 to 1. */
function shareOf({ currentTarget, clientX }: PointerEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (clientX - left) / width));
}

function SeekPreview({
  sprite: { url, x, y, width, height },
  timeSec,
  share,
}: {
  sprite: Sprite;
  timeSec: number;
  share: number;
}): ReactNode {
  return (
    <div className={classes['preview']} style={{ left: `${share * 100}%` }} aria-hidden>
      <div
        className={classes['picture']}
        style={{
          width,
          height,
          backgroundImage: `url(${JSON.stringify(url)})`,
          backgroundPosition: `-${x}px -${y}px`,
        }}
      />
      <span>{formatDuration(timeSec)}</span>
    </div>
  );
}

function useVideoTime(video: RefObject<HTMLVideoElement | null>): { timeSec: number; durationSec: number } {
  const [time, setTime] = useState({ timeSec: 0, durationSec: 0 });
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const read = (): void =>
      setTime({
        timeSec: element.currentTime,
        durationSec: Number.isFinite(element.duration) ? element.duration : 0,
      });
    read();
    const events = ['timeupdate', 'seeking', 'durationchange'];
    for (const name of events) element.addEventListener(name, read);
    return () => {
      for (const name of events) element.removeEventListener(name, read);
    };
  }, [video]);
  return time;
}
