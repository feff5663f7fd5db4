import type { ReactNode } from 'react';

import classes from './status-badge.module.css';

export type Tone = 'neutral' | 'success' | 'progress' | 'warning' | 'danger';

/** A state in one word; the colour only repeats what the word says. */
export function StatusBadge({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={classes['root']} data-tone={tone}>
      <span className={classes['dot']} aria-hidden />
      {children}
    </span>
  );
}
