import { SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import type { MediaDetail } from './media-types.ts';
import classes from './player.module.css';
import { Player } from './player.tsx';
import { variantName, variantsOf, type Variant } from './variants.ts';

/** The player, and the choice between the source and each rendition. */
export function PlayerSection({ media }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState('source');
  const variants = variantsOf(media);
  const variant = variants.find(({ key }) => key === chosen) ?? variants[0];
  if (variant === undefined) return null;
  return (
    <>
      <Player url={variant.url} name={media.name} playback={media.playback} />
      <div className={classes['variants']} hidden={variants.length === 1}>
        <SegmentedControl
          aria-label={t('quickView.variant')}
          size="sm"
          value={variant.key}
          onChange={setChosen}
          data={variants.map((entry) => ({ value: entry.key, label: <VariantLabel variant={entry} /> }))}
        />
      </div>
    </>
  );
}

function VariantLabel({ variant }: { variant: Variant }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes['variant']}>
      <span>{variantName(variant, t('quickView.source'))}</span>
      <span className={classes['variantSize']}>{format.bytes(variant.sizeBytes)}</span>
    </span>
  );
}
