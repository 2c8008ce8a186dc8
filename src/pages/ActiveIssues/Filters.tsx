import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { FilterPill, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { plainName, stateWords } from '../../components/words';
import type { IncidentAnswer } from '../../contract/api';
import type { View } from './ActiveIssues.hooks';
import { countBy, GROUPINGS, projectOf, severityOf, SEVERITY_ORDER, stateOrder, type Grouping } from './ActiveIssues.utils';

const groupWords = (): Record<Grouping, string> => ({
  none: t('issues.group-none', 'No groups'),
  severity: t('issues.group-severity', 'Severity'),
  container: t('issues.group-container', 'Container'),
  project: t('issues.group-project', 'Project'),
});

const toggled = (list: readonly string[], value: string): string[] => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);

interface PillsProps {
  label: string;
  values: ReadonlyArray<{ value: string; count: number }>;
  chosen: readonly string[];
  wordsOf: (value: string) => string;
  onChange: (chosen: string[]) => void;
}

function Pills({ label, values, chosen, wordsOf, onChange }: PillsProps) {
  const styles = useStyles2(getStyles);
  // What is chosen stays to be seen, so that it can be taken back, also when nothing fits any more.
  const gone = chosen.filter((value) => !values.some((one) => one.value === value)).map((value) => ({ value, count: 0 }));
  return (
    <div className={styles.pills} role="group" aria-label={label}>
      <span className={styles.label}>{label}</span>
      {[...values, ...gone].map(({ value, count }) => (
        <FilterPill key={value} label={`${wordsOf(value)} ${count}`} selected={chosen.includes(value)} onClick={() => onChange(toggled(chosen, value))} />
      ))}
    </div>
  );
}

/** Filters with how many each would show, and grouping; all in the address. */
export function Filters({ all, view: { filter, grouping, set } }: { all: readonly IncidentAnswer[]; view: View }) {
  const styles = useStyles2(getStyles);
  const words = groupWords();
  const projects = countBy(all, projectOf).filter(({ value }) => value !== '');
  return (
    <div className={styles.bar}>
      <Input
        className={styles.search}
        value={filter.text}
        placeholder={t('issues.search', 'Container, illness or cause')}
        aria-label={t('issues.search', 'Container, illness or cause')}
        onChange={(event) => set({ q: event.currentTarget.value })}
        data-testid={testIds.issues.search}
      />
      <Pills label={t('issues.severity', 'Severity')} values={countBy(all, severityOf, SEVERITY_ORDER)} chosen={filter.severities} wordsOf={plainName} onChange={(severity) => set({ severity })} />
      <Pills label={t('issues.state', 'State')} values={countBy(all, ({ state }) => state, stateOrder)} chosen={filter.states} wordsOf={stateWords} onChange={(state) => set({ state })} />
      {projects.length > 0 || filter.projects.length > 0 ? (
        <Pills label={t('issues.project', 'Project')} values={projects} chosen={filter.projects} wordsOf={(value) => value} onChange={(project) => set({ project })} />
      ) : null}
      <div className={styles.pills}>
        <span className={styles.label}>{t('issues.group', 'Group by')}</span>
        <RadioButtonGroup size="sm" aria-label={t('issues.group', 'Group by')} value={grouping} options={GROUPINGS.map((value) => ({ value, label: words[value] }))} onChange={(group) => set({ group })} />
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1, 3), alignItems: 'center' }),
  search: css({ width: theme.spacing(32), maxWidth: '100%' }),
  pills: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5), alignItems: 'center' }),
  label: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, marginRight: theme.spacing(0.5) }),
});
