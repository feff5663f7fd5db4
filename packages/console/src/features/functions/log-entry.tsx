import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../shared/i18n/use-format.ts';
import { resultOf, type LogItem } from './function-types.ts';
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
  const result = resultOf(item);
  return (
    <Link
      className={classes['entry']}
      to="/functions/$name/logs"
      params={{ name }}
      search={(previous) => ({ ...previous, request: item.requestId })}
      data-selected={isSelected || undefined}
      resetScroll={false}
    >
      <span
        className={classes['dot']}
        data-result={result}
        role="img"
        aria-label={t(`functions.logs.${result}`)}
      />
      <span className={classes['when']}>
        <time dateTime={item.startAt}>{format.daySecond(item.startAt)}</time>
      </span>
      <span className={classes['duration']}>
        {item.durationMs === null ? t('functions.logs.running') : format.elapsed(item.durationMs)}
      </span>
      <span className={classes['second']}>
        <span className={classes['request']}>{item.requestId}</span>
        <span className={classes['memory']}>
          {item.memUsageBytes === null ? null : format.bytes(item.memUsageBytes)}
        </span>
      </span>
    </Link>
  );
}
