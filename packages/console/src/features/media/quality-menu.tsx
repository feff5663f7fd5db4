import { NativeSelect } from '@mantine/core';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';

import type { Playback } from './playback.ts';
import classes from './player.module.css';

export interface QualityMenuProps {
  video: RefObject<HTMLVideoElement | null>;
  playback: Playback;
}

/** Which picture of a stream to play; "automatic" tells which one the line allows just now. */
export function QualityMenu({ video, playback }: QualityMenuProps): ReactNode {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState('');
  const height = usePictureHeight(video);
  return (
    <NativeSelect
      className={classes['quality'] ?? ''}
      size="xs"
      aria-label={t('quickView.quality')}
      value={chosen}
      onChange={({ currentTarget: { value } }) => {
        setChosen(value);
        playback.choose(value === '' ? null : Number(value));
      }}
      data={[
        {
          value: '',
          label: height === 0 ? t('quickView.automatic') : `${t('quickView.automatic')} (${height}p)`,
        },
        ...playback.qualities.map(({ id, height: lines }) => ({ value: String(id), label: `${lines}p` })),
      ]}
    />
  );
}

function usePictureHeight(video: RefObject<HTMLVideoElement | null>): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const read = (): void => setHeight(element.videoHeight);
    read();
    element.addEventListener('resize', read);
    return () => element.removeEventListener('resize', read);
  }, [video]);
  return height;
}
