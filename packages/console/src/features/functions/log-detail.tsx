import { Switch } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyButton } from '../../shared/ui/copy-button.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { resultOf, type LogItem } from './function-types.ts';
import classes from './log-detail.module.css';
import { LogText } from './log-text.tsx';
import { RESULT_TONES } from './result-tones.ts';
import { Numbers } from './numbers.tsx';

/** Everything about one request: result, cost, log, return value. */
export function LogDetail({ item, name }: { item: LogItem; name: string }): ReactNode {
  const { t } = useTranslation();
  const [wrap, setWrap] = useState(true);
  return (
    <article className={classes['root']}>
      <LogHead item={item} name={name} />
      <LogNumbers item={item} />
      <div className={classes['heading']}>
        <h2>{t('functions.logs.log')}</h2>
        <div className={classes['tools']}>
          <Switch
            size="xs"
            label={t('functions.logs.wrap')}
            checked={wrap}
            onChange={(event) => setWrap(event.currentTarget.checked)}
          />
          <CopyButton value={item.log} what={t('functions.logs.log')} />
        </div>
      </div>
      <LogText
        text={item.log}
        wrap={wrap}
        placeholder={t('functions.logs.noLog')}
        label={t('functions.logs.log')}
      />
      <div className={classes['heading']}>
        <h2>{t('functions.logs.returned')}</h2>
        <CopyButton value={item.retMsg} what={t('functions.logs.returned')} />
      </div>
      <LogText
        text={item.retMsg}
        wrap={wrap}
        placeholder={t('functions.logs.noReturn')}
        label={t('functions.logs.returned')}
      />
    </article>
  );
}

function LogHead({ item, name }: { item: LogItem; name: string }): ReactNode {
  const { t } = useTranslation();
  const result = resultOf(item);
  return (
    <div className={classes['head']}>
      <div className={classes['back']}>
        <Link
          className={classes['backLink']}
          to="/functions/$name/logs"
          params={{ name }}
          search={(previous) => ({ ...previous, request: undefined })}
        >
          <IconArrowLeft size={14} aria-hidden /> {t('functions.logs.list')}
        </Link>
      </div>
      <StatusBadge tone={RESULT_TONES[result]}>
        {t(`functions.logs.${result}`)} {item.statusCode}
      </StatusBadge>
      {item.coldStart ? <StatusBadge tone="neutral">{t('functions.logs.coldStart')}</StatusBadge> : null}
      <span className={classes['id']}>
        <CopyText value={item.requestId} what="RequestId" />
      </span>
    </div>
  );
}

function LogNumbers({ item }: { item: LogItem }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const numbers = [
    [t('functions.logs.time'), format.fullTime(item.startAt)],
    [t('functions.logs.duration'), item.durationMs === null ? '–' : format.elapsed(item.durationMs)],
    [t('functions.logs.billed'), item.billDurationMs === null ? '–' : format.elapsed(item.billDurationMs)],
    [t('functions.logs.memory'), item.memUsageBytes === null ? '–' : format.bytes(item.memUsageBytes)],
    [t('functions.logs.trigger'), item.trigger === '' ? '–' : item.trigger],
    ...(item.retryNum === 0 ? [] : [[t('fn.logs.retry'), String(item.retryNum)] as const]),
    ...(item.traceId === null ? [] : [[t('fn.logs.trace'), item.traceId] as const]),
  ] as const;
  return <Numbers items={numbers} className={classes['numbers']} />;
}
