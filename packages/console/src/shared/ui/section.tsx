import { useId, type ReactNode } from 'react';

import classes from './section.module.css';

export interface SectionProps {
  title: string;
  text?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A framed part of a page with its own heading. */
export function Section({ title, text, actions, children }: SectionProps): ReactNode {
  const titleId = useId();
  return (
    <section className={classes['root']} aria-labelledby={titleId}>
      <div className={classes['header']}>
        <div>
          <h2 className={classes['title']} id={titleId}>
            {title}
          </h2>
          {text === undefined ? null : <p className={classes['text']}>{text}</p>}
        </div>
        {actions}
      </div>
      <div className={classes['body']}>{children}</div>
    </section>
  );
}

/** A frame without heading or padding, for a table. */
export function Panel({ children }: { children: ReactNode }): ReactNode {
  return (
    <div className={classes['root']} data-flush>
      {children}
    </div>
  );
}
