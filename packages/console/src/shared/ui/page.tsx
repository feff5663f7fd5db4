import type { ReactNode } from 'react';

import classes from './page.module.css';
import { useDocumentTitle } from './use-document-title.ts';

export interface PageProps {
  title: string;
  lead?: ReactNode;
  /** Before the title, e.g. a way back. */
  before?: ReactNode;
  actions?: ReactNode;
  /** For forms and texts, which are hard to read in long lines. */
  narrow?: boolean;
  children: ReactNode;
}

export function Page({ title, lead, before, actions, narrow = false, children }: PageProps): ReactNode {
  useDocumentTitle(title);
  return (
    <div className={classes['root']} data-narrow={narrow || undefined}>
      <header className={classes['header']}>
        <div className={classes['titles']}>
          <h1 className={classes['title']}>
            {before}
            {title}
          </h1>
          {lead === undefined ? null : <div className={classes['lead']}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={classes['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
