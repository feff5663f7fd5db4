import type { ReactNode } from 'react';

import classes from './data-table.module.css';

export interface Column {
  key: string;
  title: string;
  align?: 'right';
  /** The same as its cells have. */
  className?: string | undefined;
}

export interface DataTableProps {
  label: string;
  columns: readonly Column[];
  /** How many there are, when not all of them are in the page. */
  rowCount?: number;
  /** Rows of `DataRow`. */
  children: ReactNode;
}

/** Roles are spelled out: on a phone the rows are laid out as blocks, which would take them away. */
export function DataTable({ label, columns, rowCount, children }: DataTableProps): ReactNode {
  return (
    <table
      className={classes['table']}
      role="table"
      aria-label={label}
      aria-rowcount={rowCount === undefined ? undefined : rowCount + 1}
    >
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, title, align, className }) => (
            <th key={key} role="columnheader" scope="col" data-align={align} className={className}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

export interface DataRowProps {
  children: ReactNode;
  /** From 0, in a table that shows a part of its rows. */
  index?: number;
  /** To measure it. */
  rowRef?: (element: HTMLTableRowElement | null) => void;
}

export function DataRow({ children, index, rowRef }: DataRowProps): ReactNode {
  return (
    <tr
      role="row"
      ref={rowRef}
      data-index={index}
      aria-rowindex={index === undefined ? undefined : index + 2}
    >
      {children}
    </tr>
  );
}

/** The room of rows that are not in the page. */
export function SpacerRow({ height, columns }: { height: number; columns: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr className={classes['spacer']} aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

export interface DataCellProps {
  align?: 'right';
  className?: string | undefined;
  children?: ReactNode;
}

/** Without content it shows a dash in the table and nothing on a phone. */
export function DataCell({ align, className, children }: DataCellProps): ReactNode {
  const isEmpty = children === undefined || children === null;
  return (
    <td role="cell" data-align={align} className={className} data-empty={isEmpty || undefined}>
      {isEmpty ? '–' : children}
    </td>
  );
}
