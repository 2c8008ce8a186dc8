import React, { useId } from 'react';
import { Field, Input, SecretInput, SecretTextArea, Switch } from '@grafana/ui';
import { testIds } from './test-ids';
import type { Secret, Setting, Settings } from './use-settings';

const WIDTH = 50;

interface Common {
  settings: Settings;
  label: string;
  description?: React.ReactNode;
  placeholder?: string;
}
type TextSetting = { [K in Setting]-?: string extends NonNullable<Settings['json'][K]> ? K : never }[Setting];
type NumberSetting = 'database' | 'partitions';
type SwitchSetting = 'tls' | 'tlsSkipVerify';

export function TextSettingField({ settings, name, label, description, placeholder, required, error }: Common & { name: TextSetting; required?: boolean; error?: string }) {
  const id = useId();
  return (
    <Field label={label} description={description} htmlFor={id} required={required} invalid={Boolean(error)} error={error}>
      <Input
        id={id}
        width={WIDTH}
        value={settings.json[name] ?? ''}
        placeholder={placeholder}
        readOnly={settings.readOnly}
        disabled={settings.readOnly}
        data-testid={testIds.configEditor.field(name)}
        onChange={(event) => settings.set({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
}

export function NumberSettingField({ settings, name, label, description, placeholder, min }: Common & { name: NumberSetting; min: number }) {
  const id = useId();
  return (
    <Field label={label} description={description} htmlFor={id}>
      <Input
        id={id}
        type="number"
        width={16}
        min={min}
        value={settings.json[name] ?? ''}
        placeholder={placeholder}
        disabled={settings.readOnly}
        data-testid={testIds.configEditor.field(name)}
        onChange={({ currentTarget: { value } }) => settings.set({ [name]: value === '' ? undefined : Math.max(min, Math.round(Number(value))) })}
      />
    </Field>
  );
}

export function SwitchSettingField({ settings, name, label, description }: Common & { name: SwitchSetting }) {
  const id = useId();
  return (
    <Field label={label} description={description} htmlFor={id}>
      <Switch
        id={id}
        value={settings.json[name] ?? false}
        disabled={settings.readOnly}
        data-testid={testIds.configEditor.field(name)}
        onChange={(event) => settings.set({ [name]: event.currentTarget.checked })}
      />
    </Field>
  );
}

/** A secret on one line. */
export function SecretField({ settings, name, label, description, placeholder }: Common & { name: Secret }) {
  const id = useId();
  return (
    <Field label={label} description={description} htmlFor={id}>
      <SecretInput
        id={id}
        width={WIDTH}
        value={settings.secret(name)}
        isConfigured={settings.isConfigured(name)}
        placeholder={placeholder}
        disabled={settings.readOnly}
        autoComplete="new-password"
        data-testid={testIds.configEditor.field(name)}
        onReset={() => settings.resetSecret(name)}
        onChange={(event) => settings.setSecret(name, event.currentTarget.value)}
      />
    </Field>
  );
}

/** A certificate or key. */
export function PemField({ settings, name, label, description, placeholder }: Common & { name: Secret }) {
  const id = useId();
  return (
    <Field label={label} description={description} htmlFor={id}>
      <SecretTextArea
        id={id}
        rows={5}
        cols={60}
        value={settings.secret(name)}
        isConfigured={settings.isConfigured(name)}
        placeholder={placeholder}
        disabled={settings.readOnly}
        data-testid={testIds.configEditor.field(name)}
        onReset={() => settings.resetSecret(name)}
        onChange={(event) => settings.setSecret(name, event.currentTarget.value)}
      />
    </Field>
  );
}
