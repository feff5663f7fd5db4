import type { ReactNode } from 'react';

import { CopyButton } from './copy-button.tsx';
import classes from './copy-text.module.css';

export interface CopyTextProps {
  value: string;
  /** Names the value, see CopyButton. */
  what: string;
  /** Show all of a long value on several lines instead of cutting it off. */
  wrap?: boolean;
}

/** An identifier or address in fixed width, with a button to copy it. */
export function CopyText({ value, what, wrap = false }: CopyTextProps): ReactNode {
  return (
    <span className={classes['root']} data-wrap={wrap || undefined}>
      <span className={classes['value']} title={wrap ? undefined : value}>
        {value}
      </span>
      <CopyButton value={value} what={what} />
    </span>
  );
}
