import { DataSourcePlugin } from '@grafana/data';
import { lazily } from './components/lazily';
import { HemostatDataSource } from './datasource';
import type { HemostatDataQuery, HemostatOptions, HemostatSecrets } from './types';

// Only what every query needs is loaded at once; the editors come when they are opened.
export const plugin = new DataSourcePlugin<HemostatDataSource, HemostatDataQuery, HemostatOptions, HemostatSecrets>(HemostatDataSource)
  .setConfigEditor(lazily(async () => ({ default: (await import('./components/ConfigEditor')).ConfigEditor })))
  .setQueryEditor(lazily(async () => ({ default: (await import('./components/QueryEditor')).QueryEditor })))
  .setQueryEditorHelp(lazily(async () => ({ default: (await import('./components/QueryEditorHelp')).QueryEditorHelp })));
