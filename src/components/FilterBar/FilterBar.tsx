import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, FilterInput, MultiCombobox, useStyles2, type ComboboxOption } from '@grafana/ui';
import React, { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { t } from '../text';

/** Some values of one kind, of which any may be chosen. */
export interface Choice<N extends string> {
  name: N;
  label: string;
  options: ReadonlyArray<ComboboxOption<string>>;
  chosen: readonly string[];
}

export interface FilterBarProps<N extends string> {
  /** Text to look for; absent where there is no such search. */
  search?: { name: N; label: string; value: string };
  choices: ReadonlyArray<Choice<N>>;
  change: (change: Partial<Record<N, string | string[]>>) => void;
  /** What stands at the end of the row. */
  children?: ReactNode;
}

/** The log is asked when somebody stops typing, not at each letter. */
const TYPING_MS = 300;

function SearchField({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== sent) {
      // Somebody else changed it, such as the button that clears the filters.
      setSent(value);
      setTyped(value);
    }
  }
  useEffect(() => {
    if (typed === sent) {
      return;
    }
    const timer = setTimeout(() => {
      setSent(typed);
      onSearch(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, sent, onSearch]);
  return <FilterInput value={typed} onChange={setTyped} placeholder={label} aria-label={label} escapeRegex={false} />;
}

/** What is offered, and what the address holds although nobody offers it. */
const withChosen = ({ options, chosen }: Pick<Choice<string>, 'options' | 'chosen'>): Array<ComboboxOption<string>> => [
  ...options,
  ...chosen.filter((value) => !options.some((option) => option.value === value)).map((value) => ({ value, label: value })),
];

/** What narrows a list: a text and choices whose chosen values stand as chips; a page keeps them in the address. */
export function FilterBar<N extends string>({ search, choices, change, children }: FilterBarProps<N>) {
  const styles = useStyles2(getStyles);
  const prefix = useId();
  const any = Boolean(search?.value) || choices.some(({ chosen }) => chosen.length > 0);
  const latest = useRef(change);
  useEffect(() => {
    latest.current = change;
  });
  const name = search?.name;
  const [onSearch] = useState(() => (text: string) => name && latest.current({ [name]: text } as Partial<Record<N, string>>));
  const clear = () => change(Object.fromEntries([...choices.map((one) => [one.name, []]), ...(search ? [[search.name, '']] : [])]) as Partial<Record<N, string | string[]>>);
  return (
    <div className={styles.bar} role="search">
      {search ? (
        <div className={styles.text}>
          <SearchField label={search.label} value={search.value} onSearch={onSearch} />
        </div>
      ) : null}
      {choices.map((choice) => (
        <div key={choice.name} className={styles.choice}>
          {/* The placeholder is gone as soon as something is chosen. */}
          <label htmlFor={`${prefix}-${choice.name}`} className="sr-only">
            {choice.label}
          </label>
          <MultiCombobox
            id={`${prefix}-${choice.name}`}
            placeholder={choice.label}
            options={withChosen(choice)}
            value={[...choice.chosen]}
            onChange={(values) => change({ [choice.name]: values.map(({ value }) => value) } as Partial<Record<N, string[]>>)}
          />
        </div>
      ))}
      {any ? (
        <Button variant="secondary" fill="text" icon="times" onClick={clear}>
          {t('filters.clear', 'Clear the filters')}
        </Button>
      ) : null}
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'flex-start' }),
  text: css({ flex: '2 1 220px', minWidth: 0 }),
  choice: css({ flex: '1 1 150px', minWidth: 0, maxWidth: 320 }),
});
