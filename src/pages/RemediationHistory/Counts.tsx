import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { statusTone, verdictTone, type Tone } from '../../components/tone';
import { resultWords, verdictWords } from '../../components/words';
import { percentText } from '../../contract/story/time';
import { frameOf, rowsOf } from '../../hooks/rows';
import { useFrames } from '../../hooks/useFrames';
import type { HistoryQuery } from './RemediationHistory.hooks';

const RESULTS = ['success', 'failed', 'rejected', 'not_applicable', 'dry_run'];
const VERDICTS = ['helped', 'no_change', 'worse'];

interface Count {
  name: string;
  words: string;
  tone: Tone;
  count: number;
}

/** How many there are of all that fit, not only of the rows that were read: `41 in this time range: 38 done, 3 refused`. */
export function Counts({ query }: { query: HistoryQuery }) {
  const styles = useStyles2(getStyles);
  const { frames } = useFrames([{ queryType: 'statistics', ...query }]);
  const [row] = rowsOf(frameOf(frames, 'A'));
  if (!row) {
    return <div className={styles.line} aria-hidden />;
  }
  const count = (name: string) => row.number(name) ?? 0;
  const groups: Count[][] = [
    RESULTS.map((name) => ({ name, words: resultWords(name), tone: statusTone(name), count: count(name) })),
    VERDICTS.map((name) => ({ name, words: verdictWords(name), tone: verdictTone(name), count: count(name) })),
  ];
  const rate = row.number('success_rate');
  return (
    <div className={styles.line} role="status" data-testid={testIds.history.counts}>
      <strong>{t('history.counts', '{{count}} in this time range', { count: count('remediations') })}</strong>
      {groups.map((group, index) => (
        <span key={index} className={styles.group}>
          {group
            .filter((one) => one.count > 0)
            .map((one) => (
              <Mark key={one.name} tone={one.tone}>
                {`${one.count.toLocaleString('en-US')} ${one.words}`}
              </Mark>
            ))}
        </span>
      ))}
      {rate === undefined ? null : <span>{t('history.rate', 'success rate {{rate}} of what was attempted', { rate: percentText(rate) })}</span>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.5, 2), minHeight: theme.spacing(3), fontVariantNumeric: 'tabular-nums' }),
  group: css({ display: 'inline-flex', flexWrap: 'wrap', gap: theme.spacing(0.5, 1) }),
});
