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
  /** Rows of `DataRow`. */
  children: ReactNode;
}

/** Roles are spelled out: on a phone the rows are laid out as blocks, which would take them away. */
export function DataTable({ label, columns, children }: DataTableProps): ReactNode {
  return (
    <table className={classes['table']} role="table" aria-label={label}>
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

export function DataRow({ children }: { children: ReactNode }): ReactNode {
  return <tr role="row">{children}</tr>;
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
