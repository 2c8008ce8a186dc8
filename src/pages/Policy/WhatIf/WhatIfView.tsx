import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, TextLink, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Mark } from '../../../components/Mark';
import { Section } from '../../../components/Section';
import { Empty } from '../../../components/State/Empty';
import { Failed } from '../../../components/State/Failed';
import { Loading } from '../../../components/State/Loading';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import type { Tone } from '../../../components/tone';
import { When } from '../../../components/When';
import { incidentPath } from '../../../constants';
import type { WhatIfAnswer } from '../../../contract/api';
import { useTimeRange } from '../../../hooks/useTimeRange';
import type { WhatIf } from '../Policy.hooks';
import { changeWords, outcomeWords, summaryWords, type WhatIfLine } from './what-if';

const ROWS = 50;
const TONES: Record<WhatIfLine['change'], Tone> = { appears: 'healed', vanishes: 'waiting', blocked: 'waiting', changed: 'unknown', same: 'unknown' };

/** What the draft would have made of the past, before it is saved. @param valid false while the draft cannot be used */
export function WhatIfView({ whatIf: { value, running, failure, again }, dirty, valid }: { whatIf: WhatIf; dirty: boolean; valid: boolean }) {
  const styles = useStyles2(getStyles);
  const { range } = useTimeRange();
  return (
    <Section
      title={t('policy.what-if', 'What if it had held before')}
      actions={
        <span className={styles.second}>
          {t('policy.what-if-since', 'since')} <When at={range.from.valueOf()} />
        </span>
      }
      data-testid={testIds.policy.whatIf}
    >
      {failure ? <Failed failure={failure} retry={again} stale={value !== undefined} /> : null}
      {valid ? null : <div className={styles.second}>{t('policy.what-if-invalid', 'The draft cannot be used yet: this is what the last usable one would have done.')}</div>}
      {value === undefined ? failure || !valid ? null : <Loading /> : <Report value={value} running={running} dirty={dirty} />}
    </Section>
  );
}

function Report({ value, running, dirty }: { value: WhatIfAnswer; running: boolean; dirty: boolean }) {
  const styles = useStyles2(getStyles);
  const [most, setMost] = useState(ROWS);
  const { lines, decisions, more, cut_short: cutShort, warnings } = value;
  if (decisions === 0) {
    return <Empty title={t('policy.what-if-none', 'Nothing had to be decided in this time range')}>{t('policy.what-if-none-how', 'Choose a longer time range; illnesses of the past show here what a change would have meant.')}</Empty>;
  }
  return (
    <div className={running ? styles.older : undefined} aria-busy={running}>
      <p className={styles.summary} role="status">
        {summaryWords(value)}
      </p>
      {lines.length === 0 ? <div className={styles.second}>{dirty ? t('policy.what-if-nothing', 'Nothing would have been different.') : t('policy.what-if-edit', 'Change a value to see what would have been different.')}</div> : null}
      <ul className={styles.list}>
        {lines.slice(0, most).map((line) => (
          <li key={line.id} className={styles.item}>
            <Mark tone={TONES[line.change]}>{changeWords(line.change)}</Mark>{' '}
            <TextLink href={incidentPath(line.incident_id)} inline={false}>
              {line.container}
            </TextLink>{' '}
            <When at={line.time} className={styles.second} />
            <div className={styles.second}>
              {outcomeWords(line.before)} → {outcomeWords(line.after)}
            </div>
          </li>
        ))}
      </ul>
      {lines.length > most ? (
        <Button size="sm" variant="secondary" onClick={() => setMost(most + ROWS)}>
          {t('policy.what-if-more', 'Show more: {{left}} are left', { left: lines.length - most })}
        </Button>
      ) : null}
      <div className={styles.second}>
        {t('policy.what-if-base', '{{count}} decisions compared with the policy in force. Whether an action that was never done would have helped cannot be known: it is taken at its best.', { count: decisions })}{' '}
        {more ? t('policy.what-if-cut-lines', 'Only the newest {{count}} lines are listed.', { count: lines.length }) : ''} {cutShort ? t('policy.what-if-cut', 'The log holds more than could be looked at: the newest part was.') : ''} {warnings.join(' ')}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  summary: css({ fontSize: theme.typography.h5.fontSize, margin: theme.spacing(0, 0, 1) }),
  second: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, overflowWrap: 'anywhere' }),
  older: css({ opacity: 0.6 }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  item: css({ padding: theme.spacing(0.5, 0), borderBottom: `1px solid ${theme.colors.border.weak}`, overflowWrap: 'anywhere' }),
});
