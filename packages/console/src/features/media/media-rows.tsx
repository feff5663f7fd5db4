import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DataTable, SpacerRow, type Column } from '../../shared/ui/data-table.tsx';
import classes from './media-list.module.css';
import { MediaTableRow } from './media-row.tsx';
import type { MediaRow } from './media-types.ts';

const ROW_PX = 57;
const OVERSCAN = 12;

export interface MediaRowsProps {
  rows: readonly MediaRow[];
  isStale: boolean;
}

/** Thousands of rows, of which only those near the view are in the page. Arrow keys, j and k go from row to row. */
export function MediaRows({ rows, isStale }: MediaRowsProps): ReactNode {
  const { t } = useTranslation();
  const columns = useColumns();
  const root = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin(root.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin,
    getItemKey: (index) => rows[index]?.fileId ?? index,
  });
  const shown = virtualizer.getVirtualItems();
  const before = (shown.at(0)?.start ?? scrollMargin) - scrollMargin;
  const after = virtualizer.getTotalSize() - ((shown.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <div data-stale={isStale || undefined} className={classes['rows']} ref={root} onKeyDown={moveFocus}>
      <DataTable label={t('media.table')} columns={columns} rowCount={rows.length}>
        <SpacerRow height={before} columns={columns.length} />
        {shown.map(({ index, key }) => {
          const media = rows[index];
          return media === undefined ? null : (
            <MediaTableRow key={key} media={media} index={index} rowRef={virtualizer.measureElement} />
          );
        })}
        <SpacerRow height={after} columns={columns.length} />
      </DataTable>
    </div>
  );
}

const STEPS: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-row-link]')];
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === row);
  const next = links[at + step];
  if (at === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

function useColumns(): Column[] {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('media.name') },
    { key: 'status', title: t('media.status') },
    { key: 'duration', title: t('media.duration'), align: 'right' },
    { key: 'resolution', title: t('media.resolution'), align: 'right', className: classes['resolution'] },
    { key: 'size', title: t('media.size'), align: 'right' },
    { key: 'outputs', title: t('media.outputs'), className: classes['outputs'] },
    { key: 'created', title: t('media.created'), align: 'right' },
  ];
}
