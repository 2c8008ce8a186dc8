import React, { useId, useState } from 'react';
import { Field, TextArea } from '@grafana/ui';
import type { HemostatDataQuery } from '../types';
import { testIds } from './test-ids';

type Policy = NonNullable<HemostatDataQuery['policy']>;

interface PolicyFieldProps {
  value: Policy | undefined;
  onChange: (policy: Policy | undefined) => void;
}

/** @returns the policy, or why the text is none. Whether its fields have a meaning the process half says. */
export function readPolicy(text: string): { policy?: Policy; problem?: string } {
  if (text.trim() === '') {
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? { policy: value as Policy } : { problem: 'A policy is a JSON object, for example {"defaults": {"mode": "auto"}}.' };
  } catch (cause) {
    return { problem: `This is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

export function PolicyField({ value, onChange }: PolicyFieldProps) {
  const id = useId();
  const [text, setText] = useState(() => (value ? JSON.stringify(value, null, 2) : ''));
  const { problem } = readPolicy(text);
  const commit = () => {
    const read = readPolicy(text);
    if (!read.problem) {
      onChange(read.policy);
    }
  };
  return (
    <Field label="Policy to compare with the one in force" htmlFor={id} invalid={problem !== undefined} error={problem} noMargin>
      <TextArea
        id={id}
        rows={6}
        cols={60}
        value={text}
        spellCheck={false}
        placeholder={'{"defaults": {"mode": "auto"}}'}
        data-testid={testIds.queryEditor.policy}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
      />
    </Field>
  );
}
