import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { confidenceWords } from '../../components/confidence';
import { IncidentActions } from '../../components/IncidentActions/IncidentActions';
import { Marks } from '../../components/IncidentActions/Marks';
import { NextStep } from '../../components/IncidentActions/NextStep';
import { Mark } from '../../components/Mark';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone, stateTone, toneColor } from '../../components/tone';
import { When } from '../../components/When';
import { plainName, stateWords } from '../../components/words';
import { containerPath } from '../../constants';
import type { IncidentAnswer } from '../../contract/api';
import { severityMark } from '../../contract/story/marks';
import { severityOf } from './ActiveIssues.utils';
import { IssueDetails } from './IssueDetails';

/** `confidence 0.91 (rules) · evidence 4`, as far as known. */
function judgedWords({ fields: { confidence, method, evidence } }: IncidentAnswer): string {
  const sure = confidenceWords(confidence, method);
  return [sure ? t('issues.confidence', 'confidence {{sure}}', { sure }) : '', evidence ? t('issues.evidence-count', 'evidence {{evidence}}', { evidence }) : ''].filter(Boolean).join(' · ');
}

export interface IssueRowProps {
  incident: IncidentAnswer;
  open: boolean;
  toggle: (id: string) => void;
}

/** One active issue: what, why, how sure, what happens next or why nothing does, and what one can do (R042, R043). */
export function IssueRow({ incident, open, toggle }: IssueRowProps) {
  const styles = useStyles2(getStyles, incident);
  const { fields, id, state } = incident;
  const name = fields.container || fields.key || id;
  return (
    <li className={styles.row} data-id={id} data-testid={testIds.issues.row}>
      <div className={styles.line}>
        <IconButton
          name={open ? 'angle-down' : 'angle-right'}
          size="lg"
          aria-label={t('issues.toggle', 'Details of {{name}}', { name })}
          aria-expanded={open}
          onClick={() => toggle(id)}
          data-testid={testIds.issues.toggle}
        />
        <div className={styles.what}>
          <h3 className={styles.title}>
            <Mark tone={severityTone(severityOf(incident))}>{severityMark(fields.severity ?? '')}</Mark>
            <TextLink href={containerPath(fields.key ?? name)} color="primary" inline>
              {name}
            </TextLink>
            <span className={styles.quiet}>
              {[fields.project, fields.host].filter(Boolean).join(' · ')} {'· '}
              {t('issues.ill-since', 'ill since')} <When at={fields.opened_at} />
            </span>
          </h3>
          <div className={styles.cause}>{fields.cause || fields.illness_detail || plainName(fields.illness ?? '')}</div>
          <div>
            <Mark tone={stateTone(state)}>{stateWords(state)}</Mark> <NextStep incident={incident} />
          </div>
          <div className={styles.small}>
            <span className={styles.quiet}>{judgedWords(incident)}</span>
            <Marks incident={incident} className={styles.quiet} />
          </div>
        </div>
        <div className={styles.actions}>
          <IncidentActions incident={incident} />
        </div>
      </div>
      {open ? (
        <div className={styles.details}>
          <IssueDetails incident={incident} />
        </div>
      ) : null}
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2, incident: IncidentAnswer) => ({
  row: css({
    listStyle: 'none',
    borderLeft: `4px solid ${toneColor(theme, severityTone(severityOf(incident)))}`,
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(1),
    '&:focus-within': { outline: `1px solid ${theme.colors.border.strong}` },
  }),
  line: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'flex-start', [theme.breakpoints.down('md')]: { flexWrap: 'wrap' } }),
  what: css({ flex: '1 1 0', minWidth: theme.spacing(30), display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), overflowWrap: 'anywhere' }),
  title: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0, 1), alignItems: 'baseline', margin: 0, fontSize: theme.typography.h5.fontSize }),
  cause: css({ fontSize: theme.typography.body.fontSize }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: theme.typography.fontWeightRegular }),
  small: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0, 2) }),
  actions: css({ flex: '0 1 auto', maxWidth: theme.spacing(52), [theme.breakpoints.down('md')]: { maxWidth: '100%', paddingLeft: theme.spacing(4) } }),
  details: css({ padding: theme.spacing(1, 1, 1, 4), [theme.breakpoints.down('md')]: { paddingLeft: theme.spacing(1) } }),
});
