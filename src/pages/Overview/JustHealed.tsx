import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { containerPath, incidentPath, pagePath } from '../../constants';
import { plainText } from '../../contract/story/plain-text';
import { durationText, percentText } from '../../contract/story/time';
import { actionLabel } from '../../components/IncidentActions/action-words';
import { Mark } from '../../components/Mark';
import { Empty } from '../../components/State/Empty';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import { markOf } from './Activity';
import { shortName, telling, type Acted, type Change } from './Overview.utils';
import { Section } from './Section';
import { Spark } from './Spark';

const MOST = 5;
/** Proven, or still being checked; what did not help was not healed. */
const HEALED = ['helped', ''];

const valueText = (value: string | number): string => (typeof value === 'number' ? percentText(value) : value);

function changeWords({ figure, before, after }: Change): string {
  const name = { health: t('overview.healed.health', 'health'), cpu: 'CPU', memory: t('overview.healed.memory', 'memory') }[figure];
  return `${name} ${valueText(before)} → ${valueText(after)}`;
}

/** The figure whose course is drawn: the one that moved further. */
const drawnOf = (one: Acted): 'cpu' | 'memory' => {
  const change = telling({ before: { ...one.before, health: '' }, after: { ...one.after, health: '' } });
  return change?.figure === 'memory' ? 'memory' : 'cpu';
};

function Healed({ one }: { one: Acted }) {
  const styles = useStyles2(getStyles);
  const { sign, words, tone } = markOf(one);
  const change = telling(one);
  return (
    <li className={styles.one}>
      <div className={styles.what}>
        <div className={styles.line}>
          <TextLink href={one.incident ? incidentPath(one.incident) : containerPath(one.key)} color="primary" weight="medium">
            {shortName(one.key)}
          </TextLink>
          <span>{[actionLabel(one.action), ...(one.duration === undefined ? [] : [durationText(one.duration * 1000)])].join(', ')}</span>
          <Mark tone={tone}>
            {sign} {words}
          </Mark>
          <When at={one.at} className={styles.muted} />
        </div>
        <div className={styles.muted}>
          {[plainText(one.reason, 90), ...(change ? [changeWords(change)] : [])].filter(Boolean).join(' · ')}
        </div>
      </div>
      <Spark container={one.key} at={one.at} figure={drawnOf(one)} />
    </li>
  );
}

/** The last actions that helped, with the proof. @param acted newest first */
export function JustHealed({ acted }: { acted: readonly Acted[] }) {
  const styles = useStyles2(getStyles);
  const done = acted.filter(({ status, verdict }) => status === 'success' && HEALED.includes(verdict)).slice(0, MOST);
  return (
    <Section title={t('overview.healed.title', 'Just healed')} testId={testIds.overview.healed} aside={<TextLink href={pagePath('history')}>{t('overview.healed.all', 'Remediation history')}</TextLink>}>
      {done.length === 0 ? (
        <Empty title={t('overview.healed.none', 'Nothing was healed in this time range')}>{t('overview.healed.why', 'Actions that helped stand here, with what they changed.')}</Empty>
      ) : (
        <ul className={styles.list}>
          {done.map((one) => (
            <Healed key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none' }),
  one: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'center', justifyContent: 'space-between', padding: theme.spacing(0.75, 0), '&:not(:first-child)': { borderTop: `1px solid ${theme.colors.border.weak}` } }),
  what: css({ minWidth: 0, overflowWrap: 'anywhere' }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: theme.spacing(0, 1) }),
  muted: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
