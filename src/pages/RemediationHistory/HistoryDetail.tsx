import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { plainName } from '../../components/words';
import { eventPath, incidentPath } from '../../constants';
import { durationText, percentText } from '../../contract/story/time';
import type { Remediation } from './remediations';

const percent = (value: number | undefined): string => (value === undefined ? '–' : percentText(value));

function factsOf(row: Remediation): Array<[string, string]> {
  const { guard, guardReason, outcome, duration, mode, attempt, authorisedBy, verdictReason, reason } = row;
  const acted = row.status === 'success' || row.status === 'failed';
  const facts: Array<[string, string]> = [
    [t('history.detail.reason', 'Why'), reason],
    [t('history.detail.guard', 'Refused by'), guard && `${plainName(guard)}: ${guardReason || outcome}`],
    [t('history.detail.outcome', 'What came of it'), guard ? '' : outcome],
    [t('history.detail.verdict', 'Verdict rests on'), verdictReason],
    [t('history.detail.duration', 'Took'), duration === undefined || !acted ? '' : durationText(duration * 1000)],
    [t('history.detail.by', 'Allowed by'), acted ? authorisedBy : ''],
    [t('history.detail.mode', 'Mode'), mode],
    [t('history.detail.attempt', 'Attempt within the hour'), attempt === undefined ? '' : String(attempt)],
  ];
  return facts.filter(([, value]) => value !== '');
}

function Sides({ row }: { row: Remediation }) {
  const lines: Array<[string, string, string]> = [
    [t('history.detail.health', 'Health'), row.health.before ?? '–', row.health.after ?? '–'],
    [t('history.detail.cpu', 'CPU'), percent(row.cpu.before), percent(row.cpu.after)],
    [t('history.detail.memory', 'Memory'), percent(row.memory.before), percent(row.memory.after)],
  ];
  const known = lines.filter(([, before, after]) => before !== '–' || after !== '–');
  if (known.length === 0) {
    return null;
  }
  return (
    <table>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('history.detail.before', 'Before')}</th>
          <th scope="col">{t('history.detail.after', 'After')}</th>
        </tr>
      </thead>
      <tbody>
        {known.map(([name, before, after]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{before}</td>
            <td>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Everything about one action: the whole reason (R057), who allowed or refused it, and the figures before and after. */
export function HistoryDetail({ row }: { row: Remediation }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.detail} data-testid={testIds.history.detail}>
      <dl className={styles.facts}>
        {factsOf(row).map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      <Sides row={row} />
      <div className={styles.links}>
        {row.incident ? <TextLink href={incidentPath(row.incident)}>{t('history.detail.incident', 'The whole story')}</TextLink> : null}
        <TextLink href={eventPath(row.id)}>{t('history.detail.event', 'In the timeline')}</TextLink>
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  detail: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 4),
    padding: theme.spacing(1, 2, 2, 5),
    'th, td': { padding: theme.spacing(0.25, 1.5, 0.25, 0), fontWeight: theme.typography.fontWeightRegular, textAlign: 'left' },
    th: { color: theme.colors.text.secondary },
    [theme.breakpoints.down('lg')]: { paddingLeft: theme.spacing(1) },
  }),
  facts: css({
    flex: '1 1 420px',
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    alignContent: 'start',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: 0, overflowWrap: 'anywhere', minWidth: 0 },
    [theme.breakpoints.down('md')]: { gridTemplateColumns: '1fr', flexBasis: '100%' },
  }),
  links: css({ flex: '1 0 100%', display: 'flex', gap: theme.spacing(2) }),
});
