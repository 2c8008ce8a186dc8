import React, { useId, useState } from 'react';
import { Field, Input } from '@grafana/ui';

interface TextFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  width?: number;
  type?: 'text' | 'number';
  'data-testid'?: string;
  onCommit: (value: string) => void;
}

/** A text that counts when it is finished: by Enter or on leaving the field, so that not every letter runs a query. */
export function TextField({ label, value, onCommit, width = 25, type = 'text', ...rest }: TextFieldProps) {
  const id = useId();
  const [text, setText] = useState(value);
  // Changed from outside, by an example or a click on a label: that wins over what was typed.
  const [given, setGiven] = useState(value);
  if (given !== value) {
    setGiven(value);
    setText(value);
  }
  const commit = () => {
    if (text !== value) {
      onCommit(text);
    }
  };
  return (
    <Field label={label} htmlFor={id} noMargin>
      <Input
        id={id}
        type={type}
        width={width}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            commit();
          }
        }}
        {...rest}
      />
    </Field>
  );
}
