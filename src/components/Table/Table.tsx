import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { type HTMLAttributes, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../text';

export interface TableColumn<T> {
  title: string;
  draw: (row: T) => ReactNode;
  /** Width in the grid, such as `minmax(120px, 2fr)`. */
  width: string;
  /** A number: at the right, digits of one width. */
  figure?: boolean;
}

export interface TableProps<T> {
  /** What the rows are, for those who do not see them. */
  label: string;
  columns: ReadonlyArray<TableColumn<T>>;
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** The head is there only for those who do not see: another table with the same columns stands above. */
  continued?: boolean;
  /** Rows can be opened: whether one is, what opens and closes it, and what is shown of it. */
  opening?: { isOpen: (row: T) => boolean; toggle: (row: T) => void; details: (row: T) => ReactNode; nameOf: (row: T) => string };
  'data-testid'?: string;
  /** Of each row. */
  rowTestId?: string;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const FOCUS = '[data-row-focus]';

/** Up and down, or k and j, go from row to row where the focus stands on one. */
function move(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const from = event.target instanceof HTMLElement ? event.target.closest(FOCUS) : null;
  if (step === undefined || from === null || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(FOCUS)];
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(from as HTMLElement) + step))];
  event.preventDefault();
  next?.focus();
}

/** Rows in columns; below the width of a tablet each row becomes a card. Long lists are for VirtualList. */
export function Table<T>({ label, columns, rows, keyOf, continued = false, opening, 'data-testid': testId, rowTestId }: TableProps<T>) {
  const styles = useStyles2(getStyles);
  const grid = { '--columns': [...(opening ? ['28px'] : []), ...columns.map(({ width }) => width)].join(' ') } as React.CSSProperties;
  return (
    // Scrolls nowhere: whoever goes from row to row by keys moves the focus alone.
    <div role="table" aria-label={label} className={styles.table} style={grid} onKeyDown={move} data-testid={testId}>
      <div role="rowgroup" className={continued ? 'sr-only' : styles.head}>
        <div role="row" className={styles.cells}>
          {opening ? <span role="columnheader" aria-label={t('table.open', 'Details')} /> : null}
          {columns.map(({ title, figure }) => (
            <span key={title} role="columnheader" className={cx(figure && styles.figure)}>
              {title}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup">
        {rows.map((row) => (
          <TableRow key={keyOf(row)} row={row} columns={columns} opening={opening} testId={rowTestId} />
        ))}
      </div>
    </div>
  );
}

interface TableRowProps<T> extends Pick<TableProps<T>, 'columns' | 'opening'> {
  row: T;
  testId: string | undefined;
}

function TableRow<T>({ row, columns, opening, testId }: TableRowProps<T>) {
  const styles = useStyles2(getStyles);
  const open = opening?.isOpen(row) ?? false;
  const close = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape' && open && !event.defaultPrevented) {
      event.preventDefault();
      opening?.toggle(row);
      event.currentTarget.querySelector<HTMLElement>(FOCUS)?.focus();
    }
  };
  const attributes = { 'data-testid': testId, onKeyDown: opening ? close : undefined } as HTMLAttributes<HTMLDivElement>;
  return (
    <div role="row" className={styles.row} {...attributes}>
      <div role="presentation" className={styles.cells}>
        {opening ? (
          <span role="cell">
            <button type="button" data-row-focus className={styles.open} aria-expanded={open} aria-label={t('table.open-row', 'Details of {{name}}', { name: opening.nameOf(row) })} onClick={() => opening.toggle(row)}>
              <Icon name={open ? 'angle-down' : 'angle-right'} />
            </button>
          </span>
        ) : null}
        {columns.map(({ title, draw, figure }) => (
          <span key={title} role="cell" data-title={title} className={cx(styles.cell, figure && styles.figure)}>
            {draw(row)}
          </span>
        ))}
      </div>
      {open ? (
        <div role="cell" aria-colspan={columns.length + 1} className={styles.details}>
          {opening?.details(row)}
        </div>
      ) : null}
    </div>
  );
}

const NARROW = 'md';

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({ border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default, background: theme.colors.background.primary, minWidth: 0 }),
  head: css({ background: theme.colors.background.secondary, color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, borderBottom: `1px solid ${theme.colors.border.weak}`, [theme.breakpoints.down(NARROW)]: { display: 'none' } }),
  row: css({ '&:not(:last-child)': { borderBottom: `1px solid ${theme.colors.border.weak}` }, '&:hover': { background: theme.colors.background.secondary } }),
  cells: css({
    display: 'grid',
    gridTemplateColumns: 'var(--columns)',
    columnGap: theme.spacing(1.5),
    alignItems: 'center',
    padding: theme.spacing(0.5, 1),
    [theme.breakpoints.down(NARROW)]: { gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: theme.spacing(0.5), '& > :first-child:has(button[data-row-focus])': { gridRow: '1 / span 9', alignSelf: 'start' } },
  }),
  cell: css({
    minWidth: 0,
    overflowWrap: 'anywhere',
    small: { display: 'block', color: theme.colors.text.secondary },
    code: { whiteSpace: 'normal', overflowWrap: 'anywhere' },
    [theme.breakpoints.down(NARROW)]: {
      gridColumn: 2,
      display: 'grid',
      gridTemplateColumns: '96px minmax(0, 1fr)',
      columnGap: theme.spacing(1),
      '&::before': { content: 'attr(data-title)', gridRow: '1 / span 3', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize },
      '& > *': { gridColumn: 2, justifySelf: 'start', minWidth: 0, maxWidth: '100%' },
      // Nothing to say about it.
      '&:empty': { display: 'none' },
    },
  }),
  figure: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums', [theme.breakpoints.down(NARROW)]: { textAlign: 'left' } }),
  open: css({ all: 'unset', display: 'grid', placeItems: 'center', width: 28, height: 28, cursor: 'pointer', color: theme.colors.text.secondary, '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 } }),
  details: css({ padding: theme.spacing(0.5, 1, 1.5, 5), minWidth: 0, [theme.breakpoints.down(NARROW)]: { paddingLeft: theme.spacing(1) } }),
});
