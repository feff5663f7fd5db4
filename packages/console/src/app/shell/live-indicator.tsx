import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { LiveState } from '../../shared/live/live-connection.ts';
import { useLiveState } from '../../shared/live/live-context.ts';
import classes from './live-indicator.module.css';

const HINTS = {
  connecting: 'header.connecting',
  live: 'header.liveHint',
  reconnecting: 'header.reconnectingHint',
} as const satisfies Record<LiveState, string>;

/** Tells whether what is on the screen follows the server. */
export function LiveIndicator(): ReactNode {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <Tooltip label={t(HINTS[state])}>
      <span className={classes['root']} data-state={state} role="status">
        <span className={classes['dot']} aria-hidden />
        {t(`header.${state}`)}
      </span>
    </Tooltip>
  );
}
