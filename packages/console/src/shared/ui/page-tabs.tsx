import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import classes from './page-tabs.module.css';

export interface PageTab {
  to:
    | '/events'
    | '/events/settings'
    | '/events/endpoints'
    | '/events/dead-letters'
    | '/events/faults'
    | '/templates'
    | '/procedures'
    | '/functions'
    | '/gateway';
  name: string;
}

/** Pages that belong together. */
export function PageTabs({ label, tabs }: { label: string; tabs: readonly PageTab[] }): ReactNode {
  return (
    <nav className={classes['root']} aria-label={label}>
      {tabs.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          className={classes['tab']}
          activeOptions={{ exact: to === '/events', includeSearch: false }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
