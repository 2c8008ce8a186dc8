import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { t } from '../../components/text';
import { verdictTone } from '../../components/tone';
import { verdictWords } from '../../components/words';
import { percentText } from '../../contract/story/time';
import type { Change, Remediation } from './remediations';

const changed = (name: string, { before, after }: Change<string>): string => (before === undefined || after === undefined || before === after ? '' : `${name} ${before} → ${after}`);
const percent = (value: number | undefined): string | undefined => (value === undefined ? undefined : percentText(value));
const figure = (name: string, { before, after }: Change<number>): string => changed(name, { before: percent(before), after: percent(after) });

/** `health unhealthy → healthy, CPU 97 % → 4 %`; what has not changed is left out. */
export const effectWords = ({ health, cpu, memory }: Pick<Remediation, 'health' | 'cpu' | 'memory'>): string =>
  [changed(t('history.effect.health', 'health'), health), figure(t('history.effect.cpu', 'CPU'), cpu), figure(t('history.effect.memory', 'memory'), memory)].filter(Boolean).join(', ');

/** Whether an action helped, and by which figures. */
export function Effect({ row }: { row: Remediation }) {
  const styles = useStyles2(getStyles);
  if (!row.verdict) {
    return row.status === 'success' ? <span className={styles.figures}>{t('history.effect.pending', 'not known')}</span> : <span className={styles.figures}>–</span>;
  }
  return (
    <>
      <Mark tone={verdictTone(row.verdict)}>{verdictWords(row.verdict)}</Mark>
      <div className={styles.figures}>{effectWords(row)}</div>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ figures: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }) });
