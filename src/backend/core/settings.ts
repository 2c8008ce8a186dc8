import type { RedisSettings } from '../../../agents/runtime/redis';

/**
 * What a core is made of. The doors fill it from the settings of the data source or from the environment; the core itself reads neither.
 * Everything of Redis is as in `agents/runtime/settings/common.ts`: address, login, TLS files, key prefix and partitions.
 */
export interface CoreSettings extends RedisSettings {
  /** How long an answer may be given again, in milliseconds. 0 switches the cache off. Default: 5000 (R063). */
  cacheMs?: number;
  /** The app's pages, for links. Default: /a/hemostat-monitor-app. */
  appPath?: string;
}

export const DEFAULT_CACHE_MS = 5000;
export const DEFAULT_APP_PATH = '/a/hemostat-monitor-app';
