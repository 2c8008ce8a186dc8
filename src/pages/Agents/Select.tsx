import { css } from '@emotion/css';
import { Combobox, useStyles2, type ComboboxOption } from '@grafana/ui';
import React, { useId } from 'react';

export interface SelectProps {
  label: string;
  options: ReadonlyArray<ComboboxOption<string>>;
  /** Empty is the first option. */
  value: string | undefined;
  onChange: (value: string) => void;
}

/** One of some values, kept in the address; the first option stands for none of them. */
export function Select({ label, options, value, onChange }: SelectProps) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const first = options[0]?.value ?? '';
  const known = options.some((option) => option.value === value);
  const all = known || !value ? [...options] : [...options, { value, label: value }];
  return (
    <div className={styles.box}>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Combobox id={id} options={all} value={value || first} onChange={(option) => onChange(option.value === first ? '' : option.value)} />
    </div>
  );
}

const getStyles = () => ({ box: css({ flex: '1 1 150px', minWidth: 0, maxWidth: 240 }) });
