import type { ReactNode } from 'react';

import { useFormat } from '../i18n/use-format.ts';

/** A point in time: day and minute, or the clock to the millisecond; the title shows all of it. */
export function TimeText({ iso, clock = false }: { iso: string; clock?: boolean }): ReactNode {
  const format = useFormat();
  return (
    <time dateTime={iso} title={format.fullTime(iso)}>
      {clock ? format.clock(iso) : format.dayTime(iso)}
    </time>
  );
}
