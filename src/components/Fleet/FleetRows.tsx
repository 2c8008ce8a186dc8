import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { containerPath, pagePath } from '../../constants';
import { percentText } from '../../contract/story/time';
import { Mark } from '../Mark';
import { testIds } from '../testIds';
import { t } from '../text';
import { toneColor } from '../tone';
import { When } from '../When';
import { conditionTone, conditionWords, CONDITIONS, worstFirst, type Condition, type FleetMember } from './fleet';

/** More are looked at on the page Containers, which can filter and sort. */
const MOST = 100;

const percent = (value: number | undefined): string => (value === undefined ? '–' : percentText(value));

/** The fleet as a table, what asks for attention first (R044 to R051). */
export function FleetRows({ members }: { members: readonly FleetMember[] }) {
  const styles = useStyles2(getStyles);
  const sorted = useMemo(() => worstFirst(members), [members]);
  return (
    <>
      {/* Reached by Tab, so that it can be scrolled without a mouse. */}
      <div className={styles.box} tabIndex={0} role="region" aria-label={t('overview.rows.label', 'Containers as rows')}>
        <table className={styles.table} data-testid={testIds.overview.rows}>
          <thead>
            <tr>
              <th scope="col">{t('overview.rows.container', 'Container')}</th>
              <th scope="col">{t('overview.rows.condition', 'State')}</th>
              <th scope="col" className={styles.spare}>
                {t('overview.rows.status', 'Status')}
              </th>
              <th scope="col" className={styles.spare}>
                {t('overview.rows.health', 'Health')}
              </th>
              <th scope="col" className={styles.figure}>
                {t('overview.rows.cpu', 'CPU')}
              </th>
              <th scope="col" className={styles.figure}>
                {t('overview.rows.memory', 'Memory')}
              </th>
              <th scope="col">{t('overview.rows.updated', 'Last update')}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST).map((member) => (
              <tr key={member.key} className={styles[member.condition]} data-condition={member.condition}>
                <th scope="row">
                  <TextLink href={containerPath(member.key)} inline={false} color="primary">
                    {member.name}
                  </TextLink>
                  <span className={styles.spare}> {[member.project, member.host].filter(Boolean).join(' · ')}</span>
                </th>
                <td>
                  <Mark tone={conditionTone(member.condition)}>{conditionWords(member.condition)}</Mark>
                </td>
                <td className={styles.spare}>{member.status}</td>
                <td className={styles.spare}>{member.health}</td>
                <td className={styles.figure}>{percent(member.cpu)}</td>
                <td className={styles.figure}>{percent(member.memory)}</td>
                <td>
                  <When at={member.seen ?? null} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MOST ? (
        <TextLink href={pagePath('containers')} inline={false}>
          {t('overview.rows.more', 'The first {{shown}} of {{count}}: see all on Containers', { shown: MOST, count: sorted.length })}
        </TextLink>
      ) : null}
    </>
  );
}

const rowStyle = (theme: GrafanaTheme2, condition: Condition) =>
  css({ boxShadow: `inset 3px 0 ${toneColor(theme, conditionTone(condition))}`, ...(condition === 'well' ? {} : { background: theme.colors.emphasize(theme.colors.background.primary, 0.03) }) });

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ maxHeight: '60vh', overflow: 'auto' }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'td, th': { padding: theme.spacing(0.5, 1), verticalAlign: 'top', fontWeight: theme.typography.fontWeightRegular },
    'tbody th': { overflowWrap: 'anywhere', textAlign: 'left', minWidth: 112 },
    'thead th': { color: theme.colors.text.secondary, position: 'sticky', top: 0, background: theme.colors.background.primary },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    [theme.breakpoints.down('sm')]: { 'td, th': { padding: theme.spacing(0.5) } },
  }),
  figure: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  spare: css({ color: theme.colors.text.secondary, [theme.breakpoints.down('sm')]: { display: 'none' } }),
  ...(Object.fromEntries(CONDITIONS.map((condition) => [condition, rowStyle(theme, condition)])) as Record<Condition, string>),
});
