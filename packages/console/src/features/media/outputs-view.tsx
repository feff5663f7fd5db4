import { ActionIcon, Tooltip } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import type { MediaDetail } from './media-types.ts';
import classes from './outputs-view.module.css';
import { variantName, variantsOf, type Variant } from './variants.ts';

/** Every URL of a file, to copy and to open. */
export function OutputsView({ media }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  const variants = variantsOf(media);
  return (
    <>
      <ul className={classes['root']}>
        {variants.map((variant) => (
          <OutputItem key={variant.key} variant={variant} />
        ))}
      </ul>
      {variants.length > 1 ? null : <p className={classes['hint']}>{t('quickView.noOutputsText')}</p>}
    </>
  );
}

function OutputItem({ variant }: { variant: Variant }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { width, height, sizeBytes, url } = variant;
  const name = variantName(variant, t('quickView.source'));
  const facts = [
    ...(width === null || height === null ? [] : [`${width} × ${height}`]),
    format.bytes(sizeBytes),
  ];
  return (
    <li className={classes['item']}>
      <div className={classes['head']}>
        <span className={classes['name']}>{name}</span>
        <span className={classes['facts']}>{facts.join(' · ')}</span>
      </div>
      <div className={classes['url']}>
        <CopyText value={url} what={`${t('quickView.url')} ${name}`} />
        <Tooltip label={t('common.open')}>
          <ActionIcon
            component="a"
            href={url}
            target="_blank"
            rel="noreferrer"
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('common.openNamed', { what: name })}
          >
            <IconExternalLink size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </li>
  );
}
