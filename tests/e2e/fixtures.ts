import { test as base, expect, type PluginOptions } from '@grafana/plugin-e2e';
import type { APIRequestContext, PlaywrightTestOptions } from '@playwright/test';
import { request } from '@playwright/test';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import plugin from '../../plugin.json';
import source from '../../src/datasource/plugin.json';
import { keepHealerAlive, writeRecordedDay, type RecordedDay } from '../support/recorded-day';
import { startRedis } from '../support/servers';

/** A Redis with a recorded day, and a data source of Grafana that reads it. */
export interface Lab {
  day: RecordedDay;
  /** host:port of the Redis. */
  address: string;
  sourceName: string;
  sourceUid: string;
}

type Options = Pick<PlaywrightTestOptions, 'baseURL'> & Pick<PluginOptions, 'grafanaAPICredentials'>;

export const APP = `/a/${plugin.id}`;
export const SOURCE_TYPE = source.id;

/** Answers as JSON. @throws Error with Grafana's words when it refuses */
export async function call<T>(api: APIRequestContext, method: string, path: string, data?: unknown): Promise<T> {
  const response = await api.fetch(path, { method, ...(data === undefined ? {} : { data }) });
  if (!response.ok()) {
    throw new Error(`${method} ${path} answers ${response.status()}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}

async function adminOf(baseURL: string | undefined): Promise<APIRequestContext> {
  const user = process.env.GRAFANA_ADMIN_USER ?? 'admin';
  const password = process.env.GRAFANA_ADMIN_PASSWORD ?? 'admin';
  return request.newContext({ ...(baseURL ? { baseURL } : {}), extraHTTPHeaders: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } });
}

interface AppSettings {
  enabled: boolean;
  pinned: boolean;
  jsonData: Record<string, unknown> | null;
}

/** The app reads our data source meanwhile; afterwards it reads what it read before. */
async function pointApp(api: APIRequestContext, uid: string): Promise<() => Promise<void>> {
  const path = `/api/plugins/${plugin.id}/settings`;
  const { jsonData } = await call<AppSettings>(api, 'GET', path);
  const set = async (datasourceUid: unknown) => call(api, 'POST', path, { enabled: true, pinned: true, jsonData: { ...jsonData, datasourceUid } });
  await set(uid);
  return async () => void (await set(jsonData?.datasourceUid));
}

export const test = base.extend<object, { lab: Lab }>({
  lab: [
    async ({ browserName: _ }, use, worker) => {
      const { baseURL } = worker.project.use as Options;
      const api = await adminOf(baseURL);
      const redis = await startRedis();
      const log = openLog(readSettings(commonSettings, { REDIS_URL: redis.url }), 'e2e');
      const sourceUid = `hemostat-e2e-${process.pid}`;
      const address = `127.0.0.1:${redis.port}`;
      const sourceName = `HemoStat ${sourceUid}`;
      try {
        const day = await writeRecordedDay(log, { now: Date.now() });
        const stop = keepHealerAlive(log);
        await call(api, 'POST', '/api/datasources', { name: sourceName, uid: sourceUid, type: SOURCE_TYPE, access: 'proxy', jsonData: { address } });
        const restore = await pointApp(api, sourceUid);
        await use({ day, address, sourceName, sourceUid });
        await restore();
        stop();
      } finally {
        await api.fetch(`/api/datasources/uid/${sourceUid}`, { method: 'DELETE' });
        log.redis.disconnect();
        await redis.stop();
        await api.dispose();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

export { expect };
