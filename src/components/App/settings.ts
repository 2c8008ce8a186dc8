import type { AppPluginMeta } from '@grafana/data';
import { DEFAULT_DATASOURCE_UID } from '../../constants';

/** `jsonData` of the app: what an Admin sets on the page Configuration. Empty and absent mean the default. */
export interface AppSettings {
  /** Uid of the HemoStat data source that the pages read. */
  datasourceUid?: string;
  /** How often the pages refresh, as Grafana writes it: 5s, 1m; empty: only by hand. */
  refresh?: string;
  /** IANA zone for users who have set none, such as America/New_York (R020); empty: that of the browser. */
  timeZone?: string;
  /** Minutes within which an alert counts as recent on Active issues (R041). */
  recentMinutes?: number;
  /** Entries of the timeline that are shown first (R062). */
  maxEvents?: number;
}

export const DEFAULT_SETTINGS: Required<AppSettings> = {
  datasourceUid: DEFAULT_DATASOURCE_UID,
  refresh: '5s',
  timeZone: '',
  recentMinutes: 5,
  maxEvents: 100,
};

/** The app's settings with every default filled in. `refresh` may be empty on purpose. */
export function settingsOf(meta: Pick<AppPluginMeta<AppSettings>, 'jsonData'> | undefined): Required<AppSettings> {
  const { datasourceUid, refresh, timeZone, recentMinutes, maxEvents } = meta?.jsonData ?? {};
  return {
    datasourceUid: datasourceUid || DEFAULT_SETTINGS.datasourceUid,
    refresh: refresh ?? DEFAULT_SETTINGS.refresh,
    timeZone: timeZone || DEFAULT_SETTINGS.timeZone,
    recentMinutes: recentMinutes || DEFAULT_SETTINGS.recentMinutes,
    maxEvents: maxEvents || DEFAULT_SETTINGS.maxEvents,
  };
}
