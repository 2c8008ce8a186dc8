import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { memo, useMemo, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react';
import { Link } from 'react-router-dom';
import { containerPath } from '../../constants';
import { percentText } from '../../contract/story/time';
import { testIds } from '../testIds';
import { t } from '../text';
import { toneColor } from '../tone';
import { When } from '../When';
import { byProject, CONDITION_SIGNS, conditionTone, conditionWords, CONDITIONS, countConditions, type Condition, type FleetMember } from './fleet';

const MOVES: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** `web-2 on host-1: ill, running, unhealthy, CPU 97 %, memory 40 %` */
function memberWords({ name, host, condition, status, health, cpu, memory }: FleetMember): string {
  const figures = [...(cpu === undefined ? [] : [`CPU ${percentText(cpu)}`]), ...(memory === undefined ? [] : [t('overview.fleet.memory', 'memory {{value}}', { value: percentText(memory) })])];
  return t('overview.fleet.member', '{{name}} on {{host}}: {{facts}}', { name, host, facts: [conditionWords(condition), status, ...(health === 'unknown' ? [] : [health]), ...figures].join(', ') });
}

interface CellProps {
  member: FleetMember;
  focusable: boolean;
  className: string;
}

const Cell = memo(function Cell({ member, focusable, className }: CellProps) {
  return (
    <li>
      <Link to={containerPath(member.key)} className={className} data-key={member.key} aria-label={memberWords(member)} tabIndex={focusable ? 0 : -1}>
        <span aria-hidden>{CONDITION_SIGNS[member.condition]}</span>
      </Link>
    </li>
  );
});

const keyAt = ({ target }: MouseEvent | FocusEvent): string | undefined => (target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined);

/** Arrow keys go from cell to cell: one stop for Tab, however many containers there are. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const move = MOVES[event.key];
  if (move === undefined) {
    return;
  }
  const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-key]')];
  const index = cells.indexOf(document.activeElement as HTMLElement);
  cells[Math.min(cells.length - 1, Math.max(0, index + move))]?.focus();
  event.preventDefault();
}

/** One cell a container, by Compose project: colour and sign by condition, figures on hover and focus, its page on click. */
export function FleetCells({ members }: { members: readonly FleetMember[] }) {
  const styles = useStyles2(getStyles);
  const groups = useMemo(() => byProject(members), [members]);
  const [shown, setShown] = useState('');
  const first = groups[0]?.[1][0]?.key ?? '';
  const pointed = members.find(({ key }) => key === shown);
  return (
    // The pointer only shows more of what the links say already.
    <div role="presentation" data-testid={testIds.overview.cells} onMouseOver={(event) => setShown((before) => keyAt(event) ?? before)} onFocus={(event) => setShown((before) => keyAt(event) ?? before)} onKeyDown={moveFocus}>
      <div className={styles.groups}>
        {groups.map(([project, list]) => (
          <section key={project} aria-label={project || t('overview.fleet.no-project', '(no project)')}>
            <h4 className={styles.project}>
              {project || t('overview.fleet.no-project', '(no project)')} <span className={styles.count}>{list.length}</span>
            </h4>
            <ul className={styles.cells}>
              {list.map((member) => (
                <Cell key={member.key} member={member} focusable={member.key === (pointed?.key ?? first)} className={cx(styles.cell, styles[member.condition])} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className={styles.detail} aria-hidden>
        {pointed ? (
          <>
            {memberWords(pointed)}, {t('overview.fleet.seen', 'seen')} <When at={pointed.seen ?? null} />
          </>
        ) : (
          <Legend members={members} />
        )}
      </div>
    </div>
  );
}

/** `! 2 ill, ? 1 waits for you, 45 well` */
export function Legend({ members }: { members: readonly FleetMember[] }) {
  return <>{countConditions(members).map(([condition, count]) => `${CONDITION_SIGNS[condition]} ${count} ${conditionWords(condition)}`.trim()).join(' · ')}</>;
}

const cellStyle = (theme: GrafanaTheme2, condition: Condition) => {
  const color = toneColor(theme, conditionTone(condition));
  const hollow = ['stopped', 'unknown', 'starting'].includes(condition);
  return css({ background: hollow ? theme.colors.background.secondary : color, color: hollow ? theme.colors.text.primary : theme.colors.getContrastText(color) });
};

const getStyles = (theme: GrafanaTheme2) => ({
  groups: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1, 3) }),
  project: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary, margin: theme.spacing(0, 0, 0.5) }),
  count: css({ fontWeight: theme.typography.fontWeightRegular }),
  cells: css({ display: 'flex', flexWrap: 'wrap', gap: 3, listStyle: 'none', maxWidth: 34 * 12 }),
  cell: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    width: 30,
    height: 32,
    clipPath: 'polygon(50% 0, 100% 25%, 100% 75%, 50% 100%, 0 75%, 0 25%)',
    fontWeight: theme.typography.fontWeightBold,
    // An outline would be cut off by the shape.
    '&:hover, &:focus-visible': { clipPath: 'none', borderRadius: theme.shape.radius.default, outline: `2px solid ${theme.colors.text.primary}`, outlineOffset: -2 },
  }),
  detail: css({ minHeight: theme.spacing(3), marginTop: theme.spacing(1), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  ...(Object.fromEntries(CONDITIONS.map((condition) => [condition, cellStyle(theme, condition)])) as Record<Condition, string>),
});
