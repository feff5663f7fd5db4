import type { ReactNode } from 'react';

/** Named numbers side by side; how large they are is the class's affair. */
export function Numbers({
  items,
  className,
}: {
  items: readonly (readonly [term: string, value: string])[];
  className: string | undefined;
}): ReactNode {
  return (
    <dl className={className}>
      {items.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
