import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { LinkButton, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { incidentPath, pagePath } from '../../constants';
import type { IncidentAnswer } from '../../contract/api';
import { severityMark } from '../../contract/story/marks';
import { plainText } from '../../contract/story/plain-text';
import { confidenceWords } from '../../components/confidence';
import { IncidentActions } from '../../components/IncidentActions/IncidentActions';
import { nameOf } from '../../components/IncidentActions/incident';
import { Mark } from '../../components/Mark';
import { Marks } from '../../components/IncidentActions/Marks';
import { NextStep } from '../../components/IncidentActions/NextStep';
import { Empty } from '../../components/State/Empty';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { useNow } from '../../hooks/useNow';
import { AllWell } from './AllWell';
import { byUrgency, needsPerson } from './Overview.utils';
import { Section } from './Section';

/** In brief: the rest is on the page Active issues. */
const MOST = 6;
const COARSE_MS = 10_000;

export interface NeedsYouProps {
  incidents: readonly IncidentAnswer[];
  /** True when there are more than were read. */
  more: boolean;
  /** Containers that are known. */
  total: number;
}

/** The cause; before it is known, what the monitor found. */
function causeText({ cause, illness_detail: detail, illness = '' }: IncidentAnswer['fields']): string {
  return plainText(cause || detail || illness.replaceAll('_', ' '), 160);
}

function Issue({ incident }: { incident: IncidentAnswer }) {
  const styles = useStyles2(getStyles);
  const { severity = '', opened_at: opened, confidence, method } = incident.fields;
  const judged = confidenceWords(confidence, method);
  return (
    <li className={styles.issue}>
      <div className={styles.what}>
        <div>
          <Mark tone={severityTone(severity)}>{severityMark(severity)}</Mark>{' '}
          <TextLink href={incidentPath(incident.id)} color="primary" weight="medium">
            {nameOf(incident)}
          </TextLink>{' '}
          {causeText(incident.fields)}
        </div>
        <div className={styles.muted}>
          <NextStep incident={incident} />
          {judged ? ` · ${judged}` : ''} · {t('overview.issue.seen', 'seen')} <When at={opened} /> <Marks incident={incident} />
        </div>
      </div>
      <div className={styles.actions}>
        <IncidentActions incident={incident} only={needsPerson(incident) ? ['decide', 'remediate', 'silence', 'acknowledge'] : ['silence', 'acknowledge']} />
        <LinkButton size="sm" variant="secondary" fill="text" href={incidentPath(incident.id)} aria-label={t('overview.issue.why-of', 'Why: {{name}}', { name: nameOf(incident) })}>
          {t('overview.issue.why', 'Why')}
        </LinkButton>
      </div>
    </li>
  );
}

/** Active issues in brief, most urgent first; when there is none, that all is well. */
export function NeedsYou({ incidents, more, total }: NeedsYouProps) {
  const styles = useStyles2(getStyles);
  const now = useNow(COARSE_MS);
  const sorted = byUrgency(incidents, now);
  const waiting = sorted.filter(needsPerson).length;
  const title = waiting > 0 ? t('overview.needs-you.title', 'Needs you') : t('overview.needs-you.working', 'Being dealt with');
  if (sorted.length === 0) {
    return (
      <Section title={t('overview.needs-you.none', 'Nothing needs you')} testId={testIds.overview.needsYou}>
        {total === 0 ? <Empty title={t('overview.needs-you.no-containers', 'No container is known yet')}>{t('overview.needs-you.start', 'Start one, and the monitor sees it within seconds.')}</Empty> : <AllWell total={total} />}
      </Section>
    );
  }
  const count = more ? `${sorted.length}+` : String(sorted.length);
  return (
    <Section
      title={title}
      testId={testIds.overview.needsYou}
      aside={<TextLink href={pagePath('issues')}>{t('overview.needs-you.all', 'All {{count}} active issues', { count })}</TextLink>}
    >
      <ul className={styles.list}>
        {sorted.slice(0, MOST).map((incident) => (
          <Issue key={incident.id} incident={incident} />
        ))}
      </ul>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none' }),
  issue: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    alignItems: 'center',
    gap: theme.spacing(0.5, 2),
    padding: theme.spacing(1, 0),
    '&:not(:first-child)': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
  what: css({ flex: '1 1 320px', minWidth: 0, overflowWrap: 'anywhere' }),
  muted: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  actions: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.5, 1) }),
});
