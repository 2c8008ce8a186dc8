import { usePluginContext } from '@grafana/data';
import { config, getBackendSrv, getDataSourceSrv } from '@grafana/runtime';
import { useCallback, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { settingsOf, type AppSettings } from '../../components/App/settings';
import { DATASOURCE_TYPE, PLUGIN_ID } from '../../constants';
import { failureOf, type Failure } from '../../hooks/failure';
import { findSource } from '../../hooks/source';

/** The settings that hold now, and the state of the plugin that is sent along with a change. */
export function useStored(): { stored: Required<AppSettings>; enabled: boolean; pinned: boolean } {
  const meta = usePluginContext()?.meta;
  return { stored: settingsOf(meta), enabled: meta?.enabled ?? true, pinned: meta?.pinned ?? true };
}

export interface Choice {
  label: string;
  value: string;
  description?: string;
}

/** The HemoStat data sources of this Grafana. @param chosen one that is not among them is named as missing */
export function sourcesOf(chosen: string, missing: string): Choice[] {
  const found = getDataSourceSrv()
    .getList({ type: DATASOURCE_TYPE })
    .map(({ name, uid }) => ({ label: name, value: uid, description: uid }));
  return found.some(({ value }) => value === chosen) || chosen === '' ? found : [...found, { label: chosen, value: chosen, description: missing }];
}

export interface Tested {
  ok: boolean;
  message: string;
}

/** Asks a data source whether all it needs is there. */
export function useSourceTest(): { running: boolean; tested: Tested | undefined; test: (uid: string) => Promise<void> } {
  const [running, setRunning] = useState(false);
  const [tested, setTested] = useState<Tested>();
  const test = useCallback(async (uid: string) => {
    setRunning(true);
    setTested(undefined);
    try {
      const source = await findSource(uid);
      const { status, message } = await source.testDatasource();
      setTested({ ok: status === 'success' || status === 'OK', message: message ?? '' });
    } catch (cause) {
      const { message, mend = '' } = failureOf(cause);
      setTested({ ok: false, message: `${message} ${mend}`.trim() });
    } finally {
      setRunning(false);
    }
  }, []);
  return { running, tested, test };
}

/** Saves the settings of the app for everybody. @param reload shows every page by them */
export function useSave(reload: () => void): { running: boolean; failure: Failure | undefined; save: (settings: Required<AppSettings>) => Promise<void> } {
  const { enabled, pinned } = useStored();
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const save = async (jsonData: Required<AppSettings>) => {
    setRunning(true);
    setFailure(undefined);
    try {
      await lastValueFrom(getBackendSrv().fetch({ url: `/api/plugins/${PLUGIN_ID}/settings`, method: 'POST', data: { enabled, pinned, jsonData }, showErrorAlert: false }));
      reload();
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setRunning(false);
    }
  };
  return { running, failure, save };
}

/** False in the preview, which has no dashboards, alert rules or plugin pages. */
export const inGrafana = (): boolean => config.buildInfo.version !== 'preview';
