import { Fragment, type ReactNode } from 'react';

import classes from './facts.module.css';

/** A list of named values. */
export function Facts({
  items,
}: {
  items: readonly (readonly [term: string, value: ReactNode])[];
}): ReactNode {
  return (
    <dl className={classes['root']}>
      {items.map(([term, value]) => (
        <Fragment key={term}>
          <dt className={classes['term']}>{term}</dt>
          <dd className={classes['value']}>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
