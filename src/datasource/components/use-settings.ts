import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import type { HemostatOptions, HemostatSecrets } from '../types';

export type EditorProps = DataSourcePluginOptionsEditorProps<HemostatOptions, HemostatSecrets>;
export type Setting = keyof HemostatOptions;
export type Secret = keyof HemostatSecrets;

export interface Settings {
  json: HemostatOptions;
  /** Provisioned: shown, never changed. */
  readOnly: boolean;
  set: (change: Partial<HemostatOptions>) => void;
  /** The secret as it is being typed; what was saved never comes back. */
  secret: (name: Secret) => string;
  isConfigured: (name: Secret) => boolean;
  setSecret: (name: Secret, value: string) => void;
  resetSecret: (name: Secret) => void;
  /** Address of the HTTP API. */
  url: string;
  setUrl: (url: string) => void;
}

/** The settings of the data source, with one way to change each kind. */
export function useSettings({ options, onOptionsChange }: EditorProps): Settings {
  const { jsonData, secureJsonData, secureJsonFields } = options;
  return {
    json: jsonData,
    readOnly: options.readOnly ?? false,
    set: (change) => onOptionsChange({ ...options, jsonData: { ...jsonData, ...change } }),
    secret: (name) => secureJsonData?.[name] ?? '',
    isConfigured: (name) => Boolean(secureJsonFields?.[name]),
    setSecret: (name, value) => onOptionsChange({ ...options, secureJsonData: { ...secureJsonData, [name]: value } }),
    resetSecret: (name) =>
      onOptionsChange({ ...options, secureJsonFields: { ...secureJsonFields, [name]: false }, secureJsonData: { ...secureJsonData, [name]: '' } }),
    url: options.url,
    setUrl: (url) => onOptionsChange({ ...options, url, access: 'proxy' }),
  };
}
