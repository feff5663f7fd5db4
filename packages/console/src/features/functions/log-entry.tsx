import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import { hasFailed, type LogItem } from './function-types.ts';
import classes from './function-logs.module.css';

export interface LogEntryProps {
  item: LogItem;
  name: string;
  isSelected: boolean;
}

/** One request in the list. */
export function LogEntry({ item, name, isSelected }: LogEntryProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const failed = hasFailed(item);
  return (
    <Link
      className={classes['entry']}
      to="/functions/$name"
      params={{ name }}
      search={(previous) => ({ ...previous, request: item.requestId })}
      aria-current={isSelected}
      resetScroll={false}
    >
      <span
        className={classes['dot']}
        data-failed={failed || undefined}
        role="img"
        aria-label={failed ? t('functions.logs.failure') : t('functions.logs.success')}
      />
      <span className={classes['when']}>
        <time dateTime={item.startAt}>{format.daySecond(item.startAt)}</time>
      </span>
      <span className={classes['duration']}>{format.elapsed(item.durationMs)}</span>
      <span className={classes['second']}>
        <span className={classes['request']}>{item.requestId}</span>
        <span className={classes['memory']}>{format.bytes(item.memUsageBytes)}</span>
      </span>
    </Link>
  );
}
