import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type ReactNode } from 'react';
import { rateText } from '../../../components/bytes';
import { conditionTone, conditionWords } from '../../../components/Fleet/fleet';
import { Mark } from '../../../components/Mark';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { toneColor, type Tone } from '../../../components/tone';
import { When } from '../../../components/When';
import { resultWords, stateWords, verdictWords } from '../../../components/words';
import { containerPath, incidentPath } from '../../../constants';
import { percentText } from '../../../contract/story/time';
import type { LastAction, ListedContainer, Sort } from './list';

interface Column {
  sort: Sort;
  title: () => string;
  figure?: boolean;
  draw: (one: ListedContainer) => ReactNode;
}

const percent = (value: number | undefined) => (value === undefined ? '–' : percentText(value));

/** `restart helped`; what had no action only tells how it ended. */
const actionWords = ({ action, verdict, status }: LastAction): string => [action === 'none' ? '' : action, verdict ? verdictWords(verdict) : resultWords(status)].filter(Boolean).join(' ');

/** `running, healthy`; with the exit code of what has ended. */
function statusWords({ status, health, exitCode, outOfMemory }: ListedContainer): string {
  const ended = status === 'running' ? [] : [outOfMemory ? t('containers.oom', 'killed for memory') : exitCode ? t('containers.exit', 'exit code {{code}}', { code: exitCode }) : ''];
  return [status, health === 'unknown' ? '' : health, ...ended].filter(Boolean).join(', ');
}

const COLUMNS: Column[] = [
  { sort: 'condition', title: () => t('containers.column-state', 'State'), draw: (one) => <State of={one} /> },
  { sort: 'cpu', title: () => t('containers.column-cpu', 'CPU'), figure: true, draw: ({ cpu }) => percent(cpu) },
  { sort: 'memory', title: () => t('containers.column-memory', 'Memory'), figure: true, draw: ({ memory }) => percent(memory) },
  { sort: 'network', title: () => t('containers.column-network', 'Network in, out'), figure: true, draw: (one) => <Network of={one} /> },
  { sort: 'restarts', title: () => t('containers.column-restarts', 'Restarts'), figure: true, draw: ({ restarts }) => restarts ?? '–' },
  { sort: 'incident', title: () => t('containers.column-incident', 'Last incident'), draw: ({ lastIncident }) => (lastIncident ? <Story id={lastIncident.id} words={stateWords(lastIncident.state)} at={lastIncident.at} /> : '–') },
  {
    sort: 'action',
    title: () => t('containers.column-action', 'Last action'),
    draw: ({ lastAction }) =>
      lastAction ? (
        <Story id={lastAction.incident} words={actionWords(lastAction)} at={lastAction.at} />
      ) : (
        '–'
      ),
  },
  { sort: 'seen', title: () => t('containers.column-seen', 'Updated'), draw: ({ seen }) => <When at={seen ?? null} /> },
];

/** How it is, and since when it is ill. */
function State({ of: { condition, illSince } }: { of: ListedContainer }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <Mark tone={conditionTone(condition)}>{conditionWords(condition)}</Mark>
      {illSince === undefined ? null : (
        <div className={styles.second}>
          {t('containers.since', 'ill since')} <When at={illSince} />
        </div>
      )}
    </>
  );
}

/** What it receives and, below, what it sends. */
const Network = ({ of: { received, sent } }: { of: ListedContainer }) =>
  received === undefined && sent === undefined ? (
    '–'
  ) : (
    <div>
      {rateText(received)}
      <br />
      {rateText(sent)}
    </div>
  );

/** What happened last: its words lead to the story. */
function Story({ id, words, at }: { id: string; words: string; at: number | undefined }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {id ? (
        <TextLink href={incidentPath(id)} inline={false} color="primary">
          {words}
        </TextLink>
      ) : (
        words
      )}
      <div className={styles.second}>
        <When at={at ?? null} />
      </div>
    </>
  );
}

/** Up and down, or k and j, go from container to container. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('th[scope="row"] a')];
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === row);
  if (step !== undefined && at >= 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    event.preventDefault();
  }
}

export interface ContainerTableProps {
  rows: readonly ListedContainer[];
  sort: Sort;
  descending: boolean;
  sortBy: (column: Sort) => void;
}

/** A real table; below a phone's width each row becomes a card with the titles beside the values. */
export function ContainerTable({ rows, sort, descending, sortBy }: ContainerTableProps) {
  const styles = useStyles2(getStyles);
  const head = (column: Sort, title: string, figure = false) => (
    <th key={column} scope="col" className={figure ? styles.figure : undefined} aria-sort={column === sort ? (descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={styles.sort} onClick={() => sortBy(column)}>
        {title}
        {column === sort ? <Icon name={descending ? 'arrow-down' : 'arrow-up'} size="sm" /> : null}
      </button>
    </th>
  );
  return (
    <table className={styles.table} data-testid={testIds.containers.table}>
      <thead>
        <tr>
          {head('container', t('containers.column-container', 'Container'))}
          {COLUMNS.map(({ sort: column, title, figure }) => head(column, title(), figure))}
        </tr>
      </thead>
      {/* The keys only add to the links, which Tab reaches as well. */}
      <tbody onKeyDown={moveFocus}>
        {rows.map((one) => (
          <tr key={one.key} className={styles[conditionTone(one.condition)]} data-testid={testIds.containers.row} data-condition={one.condition}>
            <th scope="row" className={styles.name}>
              <TextLink href={containerPath(one.key)} inline={false} color="primary">
                {one.name}
              </TextLink>
              <div className={styles.second}>{[one.project, one.host, statusWords(one)].filter(Boolean).join(' · ')}</div>
            </th>
            {COLUMNS.map(({ sort: column, title, figure, draw }) => (
              <td key={column} data-title={title()} className={cx(figure && styles.figure)}>
                {draw(one)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const edge = (theme: GrafanaTheme2, tone: Tone, tinted: boolean) => {
  const color = toneColor(theme, tone);
  return css({ boxShadow: `inset 3px 0 ${color}`, ...(tinted ? { background: `color-mix(in srgb, ${color} 7%, transparent)` } : {}) });
};

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'td, th': { padding: theme.spacing(0.5, 1), verticalAlign: 'top', fontWeight: theme.typography.fontWeightRegular, textAlign: 'left' },
    'thead th': { position: 'sticky', top: 0, background: theme.colors.background.primary, color: theme.colors.text.secondary, zIndex: 1, whiteSpace: 'nowrap' },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    'tbody tr:hover, tbody tr:focus-within': { outline: `1px solid ${theme.colors.border.strong}`, outlineOffset: -1 },
    [theme.breakpoints.down('lg')]: {
      display: 'block',
      tbody: { display: 'block' },
      'thead, thead tr': { display: 'flex', flexWrap: 'wrap' },
      'thead th': { position: 'static', padding: theme.spacing(0.25, 0.5) },
      'tbody tr': { display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))', padding: theme.spacing(0.5, 1) },
      'tbody th': { gridColumn: '1 / -1' },
      'tbody td': { display: 'flex', gap: theme.spacing(0.5), flexWrap: 'wrap', padding: theme.spacing(0.25, 0.5) },
      'tbody td::before': { content: 'attr(data-title) ":"', color: theme.colors.text.secondary },
    },
  }),
  name: css({ overflowWrap: 'anywhere', minWidth: 180 }),
  second: css({ color: theme.colors.text.secondary, whiteSpace: 'normal' }),
  figure: css({ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap', '&&': { textAlign: 'right', [theme.breakpoints.down('lg')]: { textAlign: 'left' } } }),
  sort: css({ background: 'none', border: 'none', padding: 0, color: 'inherit', font: 'inherit', cursor: 'pointer', '&:hover': { color: theme.colors.text.primary }, '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}` } }),
  // R049 to R051: healthy green, unhealthy red, remediated blue; only what asks for a look is tinted, so that a well fleet is calm.
  well: edge(theme, 'well', false),
  ill: edge(theme, 'ill', true),
  healed: edge(theme, 'healed', true),
  waiting: edge(theme, 'waiting', true),
  unknown: edge(theme, 'unknown', false),
});
