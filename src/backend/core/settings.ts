import type { RedisSettings } from '../../../agents/runtime/redis';
import type { SettingsOf } from '../../../agents/runtime/settings/define';
import type { dashboardSettings } from '../../../agents/runtime/settings/observer';

/**
 * What a core is made of. The doors fill it from the settings of the data source or from the environment; the core itself reads neither.
 * Everything of Redis is as in `agents/runtime/settings/common.ts`: address, login, TLS files, key prefix and partitions.
 */
export interface CoreSettings extends RedisSettings {
  /** How long an answer may be given again, in milliseconds. 0 switches the cache off. Default: 5000 (R063). */
  cacheMs?: number;
  /** The app's pages, for links. Default: /a/hemostat-monitor-app. */
  appPath?: string;
  /** Where telemetry is read from in place of Redis, when they are set (R494 to R496). */
  logStoreUrl?: string;
  traceStoreUrl?: string;
  metricsStoreUrl?: string;
  /** What the views of the system and its agents go by; the defaults of DASHBOARD_* for what is left out. */
  dashboard?: Partial<SettingsOf<typeof dashboardSettings>>;
}

export const DEFAULT_CACHE_MS = 5000;
export const DEFAULT_APP_PATH = '/a/hemostat-monitor-app';
