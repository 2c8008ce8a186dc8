import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import React, { memo, useCallback, useMemo, type ReactNode } from 'react';
import { Mark } from '../../components/Mark';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { statusTone } from '../../components/tone';
import { VirtualList } from '../../components/VirtualList/VirtualList';
import { When } from '../../components/When';
import { resultWords } from '../../components/words';
import { containerPath, incidentPath } from '../../constants';
import { percentText } from '../../contract/story/time';
import { Effect } from './Effect';
import { HistoryDetail } from './HistoryDetail';
import { afterwardsOf, shortened, type Remediation } from './remediations';

interface Column {
  title: () => string;
  draw: (row: Remediation, open: boolean) => ReactNode;
  figure?: boolean;
}

/** Who let it be done; nobody did where it was refused. */
function by({ authorisedBy, status }: Remediation): string {
  const acted = status === 'success' || status === 'failed';
  return acted && authorisedBy ? t('history.by', 'by {{who}}', { who: authorisedBy }) : '';
}

/** Why it was to be done, and why it was not or did not work. */
function Reason({ row, open }: { row: Remediation; open: boolean }) {
  const after = afterwardsOf(row);
  if (open) {
    return <small>{t('history.reason-below', 'see below')}</small>;
  }
  return (
    <>
      <div>{shortened(row.reason)}</div>
      {after ? <small>{shortened(after)}</small> : null}
    </>
  );
}

const COLUMNS: Column[] = [
  { title: () => t('history.column-time', 'Time'), draw: ({ time }) => <When at={time} /> },
  {
    title: () => t('history.column-container', 'Container'),
    draw: ({ container, project }) => (
      <>
        <TextLink href={containerPath(container)} inline={false} color="primary">
          {container}
        </TextLink>
        {project ? <small>{project}</small> : null}
      </>
    ),
  },
  {
    title: () => t('history.column-action', 'Action'),
    draw: (row) => (
      <>
        <div>{row.action}</div>
        {by(row) ? <small>{by(row)}</small> : null}
      </>
    ),
  },
  { title: () => t('history.column-status', 'Status'), draw: ({ status }) => <Mark tone={statusTone(status)}>{resultWords(status)}</Mark> },
  { title: () => t('history.column-reason', 'Reason'), draw: (row, open) => <Reason row={row} open={open} /> },
  { title: () => t('history.column-confidence', 'Confidence'), figure: true, draw: ({ confidence }) => (confidence === undefined ? '–' : percentText(confidence * 100)) },
  { title: () => t('history.column-verdict', 'Verdict'), draw: (row) => <Effect row={row} /> },
  { title: () => t('history.column-incident', 'Incident'), draw: ({ incident }) => (incident ? <TextLink href={incidentPath(incident)} inline={false}>{t('history.story', 'story')}</TextLink> : '–') },
];

const ROW_HEIGHT = 58;
/** Rows before the end at which the next page is read. */
const AHEAD = 150;

export interface HistoryTableProps {
  rows: readonly Remediation[];
  /** Rows in the whole table, -1 when it is not known yet. */
  total: number;
  opened: readonly string[];
  toggle: (id: string) => void;
  readMore: () => void;
  footer: ReactNode;
}

/** Every remediation in a table that draws only what is in sight; below a phone's width each row becomes a card. */
export function HistoryTable({ rows, total, opened, toggle, readMore, footer }: HistoryTableProps) {
  const styles = useStyles2(getStyles);
  const seen = useCallback(
    (_: number, last: number) => {
      if (last + AHEAD >= rows.length) {
        readMore();
      }
    },
    [rows.length, readMore]
  );
  const titles = useMemo(() => COLUMNS.map(({ title }) => title()), []);
  const keyOf = useCallback((index: number) => rows[index]?.id ?? String(index), [rows]);
  const header = (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.cells}>
        <span role="columnheader" aria-label={t('history.column-open', 'Details')} />
        {COLUMNS.map(({ figure }, at) => (
          <span key={at} role="columnheader" className={cx(figure && styles.figure)}>
            {titles[at]}
          </span>
        ))}
      </div>
    </div>
  );
  return (
    <VirtualList
      count={rows.length}
      itemKey={keyOf}
      rowHeight={ROW_HEIGHT}
      boxProps={{ role: 'region', 'aria-label': t('history.list', 'List of remediations'), 'data-testid': testIds.history.table } as React.HTMLAttributes<HTMLDivElement>}
      innerProps={{ role: 'table', 'aria-label': t('history.table', 'Remediations, newest first'), 'aria-rowcount': total }}
      bodyProps={{ role: 'rowgroup' }}
      rowProps={(index) => ({ role: 'row', 'aria-rowindex': index + 2, className: styles.row, 'data-testid': testIds.history.row }) as React.HTMLAttributes<HTMLDivElement>}
      onVisible={seen}
      header={header}
      footer={footer}
    >
      {(index) => {
        const row = rows[index];
        return row ? <HistoryRow row={row} titles={titles} open={opened.includes(row.id)} toggle={toggle} /> : null;
      }}
    </VirtualList>
  );
}

interface HistoryRowProps {
  row: Remediation;
  /** Of the columns; the same list each time. */
  titles: readonly string[];
  open: boolean;
  toggle: (id: string) => void;
}

/** Drawn anew only when it has changed: the list is drawn with each step of the wheel. */
const HistoryRow = memo(function HistoryRow({ row, titles, open, toggle }: HistoryRowProps) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <div role="presentation" className={styles.cells}>
        <span role="cell">
          <button type="button" data-row-focus className={styles.open} aria-expanded={open} aria-label={t('history.open', 'Details of {{action}} of {{container}}', { action: row.action, container: row.container })} onClick={() => toggle(row.id)}>
            <Icon name={open ? 'angle-down' : 'angle-right'} />
          </button>
        </span>
        {COLUMNS.map(({ draw, figure }, at) => (
          <span key={at} role="cell" data-title={titles[at]} className={cx(styles.cell, figure && styles.figure)}>
            {draw(row, open)}
          </span>
        ))}
      </div>
      {open ? (
        <div role="cell" aria-colspan={COLUMNS.length + 1}>
          <HistoryDetail row={row} />
        </div>
      ) : null}
    </>
  );
});

const NARROW = 'lg';

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ position: 'sticky', top: 0, zIndex: 1, background: theme.colors.background.secondary, color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, borderBottom: `1px solid ${theme.colors.border.weak}`, [theme.breakpoints.down(NARROW)]: { display: 'none' } }),
  row: css({ borderBottom: `1px solid ${theme.colors.border.weak}`, '&:hover': { background: theme.colors.background.secondary } }),
  cells: css({
    display: 'grid',
    gridTemplateColumns: '28px minmax(106px, 0.8fr) minmax(110px, 1.5fr) minmax(60px, 0.6fr) 126px minmax(180px, 3fr) 76px minmax(140px, 1.6fr) 56px',
    columnGap: theme.spacing(1),
    alignItems: 'center',
    padding: theme.spacing(0.5, 1, 0.5, 0),
    [theme.breakpoints.down(NARROW)]: { gridTemplateColumns: '28px 1fr', padding: theme.spacing(0.5, 1, 0.5, 0), '& > :first-of-type': { gridRow: '1 / span 8', alignSelf: 'start' } },
  }),
  cell: css({
    minWidth: 0,
    overflowWrap: 'anywhere',
    small: { display: 'block', color: theme.colors.text.secondary },
    [theme.breakpoints.down(NARROW)]: {
      display: 'grid',
      gridTemplateColumns: '96px 1fr',
      gridColumn: 2,
      gap: theme.spacing(0, 1),
      '&::before': { content: 'attr(data-title)', gridRow: '1 / span 2', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize },
      '& > *': { gridColumn: 2, justifySelf: 'start' },
    },
  }),
  figure: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums', [theme.breakpoints.down(NARROW)]: { textAlign: 'left' } }),
  open: css({ all: 'unset', display: 'grid', placeItems: 'center', width: 28, height: 28, cursor: 'pointer', color: theme.colors.text.secondary, '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 } }),
});
