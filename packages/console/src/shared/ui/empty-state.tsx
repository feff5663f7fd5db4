import type { ReactNode } from 'react';

import classes from './empty-state.module.css';

export interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  text?: ReactNode;
  /** The next step. */
  children?: ReactNode;
  tone?: 'neutral' | 'danger';
}

/** Says why there is nothing to see and what to do next. */
export function EmptyState({ icon, title, text, children, tone = 'neutral' }: EmptyStateProps): ReactNode {
  return (
    <div className={classes['root']}>
      <div className={classes['icon']} data-tone={tone} aria-hidden>
        {icon}
      </div>
      <p className={classes['title']}>{title}</p>
      {text === undefined ? null : <p className={classes['text']}>{text}</p>}
      {children === undefined ? null : <div className={classes['actions']}>{children}</div>}
    </div>
  );
}
