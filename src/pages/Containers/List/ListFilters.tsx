import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { FilterInput, InlineSwitch, MultiCombobox, useStyles2, type ComboboxOption } from '@grafana/ui';
import React, { useMemo } from 'react';
import { CONDITIONS, conditionWords } from '../../../components/Fleet/fleet';
import { t } from '../../../components/text';
import type { ListedContainer, ListFilter } from './list';

export interface ListFiltersProps {
  all: readonly ListedContainer[];
  filter: ListFilter;
  change: (change: { q?: string; project?: string[]; host?: string[]; state?: string[]; removed?: string }) => void;
}

const optionsOf = (values: readonly string[], none: string): Array<ComboboxOption<string>> => [...new Set(values)].sort().map((value) => ({ value: value || '-', label: value || none }));
const valuesOf = (options: ReadonlyArray<ComboboxOption<string>>): string[] => options.map(({ value }) => value);

/** What narrows the list; all of it is kept in the address. */
export function ListFilters({ all, filter, change }: ListFiltersProps) {
  const styles = useStyles2(getStyles);
  const none = t('containers.no-project', '(no project)');
  const projects = useMemo(() => optionsOf(all.map(({ project }) => project), none), [all, none]);
  const hosts = useMemo(() => optionsOf(all.map(({ host }) => host), '-'), [all]);
  const conditions = CONDITIONS.map((value) => ({ value, label: conditionWords(value) }));
  const gone = all.filter(({ status }) => status === 'removed').length;
  const [state, project, host] = [t('containers.filter-state', 'State'), t('containers.filter-project', 'Project'), t('containers.filter-host', 'Host')];
  return (
    <div className={styles.filters} role="search">
      <div className={styles.text}>
        <FilterInput value={filter.text} onChange={(q) => change({ q })} placeholder={t('containers.search', 'Name, image, project or host')} aria-label={t('containers.search', 'Name, image, project or host')} escapeRegex={false} />
      </div>
      <div className={styles.choice}>
        <MultiCombobox<string> aria-label={state} placeholder={state} options={conditions} value={[...filter.conditions]} onChange={(chosen) => change({ state: valuesOf(chosen) })} />
      </div>
      <div className={styles.choice}>
        <MultiCombobox aria-label={project} placeholder={project} options={projects} value={[...filter.projects]} onChange={(chosen) => change({ project: valuesOf(chosen) })} />
      </div>
      {hosts.length > 1 || filter.hosts.length > 0 ? (
        <div className={styles.choice}>
          <MultiCombobox aria-label={host} placeholder={host} options={hosts} value={[...filter.hosts]} onChange={(chosen) => change({ host: valuesOf(chosen) })} />
        </div>
      ) : null}
      {gone > 0 ? (
        <InlineSwitch id="hemostat-removed" showLabel label={t('containers.removed', '{{count}} removed', { count: gone })} value={filter.removed} onChange={(event) => change({ removed: event.currentTarget.checked ? '1' : '' })} />
      ) : null}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  filters: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
  text: css({ flex: '2 1 240px', minWidth: 0 }),
  choice: css({ flex: '1 1 160px', minWidth: 0, maxWidth: 320 }),
});
