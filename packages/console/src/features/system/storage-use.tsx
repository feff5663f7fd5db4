import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { Section } from '../../shared/ui/section.tsx';
import classes from './system-view.module.css';
import { overviewQuery, systemQuery } from './system-queries.ts';

const HOURS = 24;

/** What the application stores: by what it is, and by class. */
export function StorageUse(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const { data } = useQuery(overviewQuery(api, HOURS));
  const { data: system } = useQuery(systemQuery(api));
  const text = system === undefined ? null : t('system.disk', freeOf(system.disk, format.bytes));
  return (
    <Section title={t('system.storage')} text={text}>
      <div className={classes['charts']}>
        <Shares title={t('system.byKind')} shares={data?.byKind ?? []} />
        <Shares
          title={t('system.byClass')}
          shares={(data?.byClass ?? []).map((share) => ({
            ...share,
            name: share.name === '' ? t('system.noClass') : share.name,
          }))}
        />
      </div>
    </Section>
  );
}

function freeOf(disk: { freeBytes: number; totalBytes: number }, toText: (bytes: number) => string) {
  return { free: toText(disk.freeBytes), total: toText(disk.totalBytes) };
}

interface SharesProps {
  title: string;
  shares: readonly { name: string; files: number; bytes: number }[];
}

/** A meter per share, each against the largest. */
function Shares({ title, shares }: SharesProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const largest = Math.max(1, ...shares.map(({ bytes }) => bytes));
  return (
    <div>
      <h3 className={classes['heading']}>{title}</h3>
      {shares.length === 0 ? <p className={classes['mute']}>{t('chart.nothing')}</p> : null}
      <ul className={classes['shares']}>
        {shares.map(({ name, files, bytes }, index) => (
          <li key={`${name}-${index}`}>
            <span className={classes['share']}>
              <span>{name}</span>
              <span className={classes['mute']}>
                {t('system.share', { size: format.bytes(bytes), count: files })}
              </span>
            </span>
            <meter
              className={classes['meter']}
              min={0}
              max={largest}
              value={bytes}
              aria-label={`${name}: ${format.bytes(bytes)}`}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
