import { test as base, expect, type PluginOptions } from '@grafana/plugin-e2e';
import type { APIRequestContext, Page, PlaywrightTestOptions } from '@playwright/test';
import { request } from '@playwright/test';
import type { HemostatLog } from '../../agents/runtime/log';
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
  /** What the pages' orders are written into. */
  log: HemostatLog;
  /** Grafana's API as its Admin, for what a test needs beside the page. */
  admin: APIRequestContext;
  /** Takes back what a test changed of the app's settings. */
  restoreSettings: () => Promise<void>;
}

type Options = Pick<PlaywrightTestOptions, 'baseURL'> & Pick<PluginOptions, 'grafanaAPICredentials'>;

export const PLUGIN = plugin.id;
export const APP = `/a/${PLUGIN}`;
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
async function pointApp(api: APIRequestContext, datasourceUid: string): Promise<{ again: () => Promise<void>; back: () => Promise<void> }> {
  const path = `/api/plugins/${plugin.id}/settings`;
  const { jsonData } = await call<AppSettings>(api, 'GET', path);
  const set = async (settings: AppSettings['jsonData']) => void (await call(api, 'POST', path, { enabled: true, pinned: true, jsonData: settings }));
  const again = async () => set({ datasourceUid });
  await again();
  return { again, back: async () => set(jsonData) };
}

/** Everything that people ordered, oldest first. */
export async function ordersIn({ log }: Lab): Promise<unknown[]> {
  const entries = (await log.redis.xrange(log.partition(0).log, '-', '+')) as Array<[string, string[]]>;
  return entries.flatMap(([, fields]) => {
    const event = JSON.parse(fields[fields.indexOf('json') + 1] ?? '{}') as { type?: string; data?: unknown };
    return event.type === 'command' ? [event.data] : [];
  });
}

/** The server refuses these, whatever a page may offer. */
export async function expectRefused(page: Page, lab: Lab, actions: readonly string[]): Promise<void> {
  const waiting = lab.day.open['waiting for approval'];
  const before = await ordersIn(lab);
  const data = { incident: waiting?.incident, digest: waiting?.digest, container: waiting?.key, action: 'restart', minutes: 5, text: 'no', policy: '', reason: 'no' };
  for (const action of actions) {
    const answer = await page.request.post(`/api/datasources/uid/${lab.sourceUid}/resources/actions/${action}`, { data });
    expect([action, answer.status()]).toEqual([action, 403]);
  }
  expect(await ordersIn(lab)).toEqual(before);
}

interface FrontendSettings {
  namespace?: string;
  buildInfo: { version: string };
}
/** What the suite wants to know of a Grafana before it opens a page; its types do not name it. */
interface BootData {
  version: string;
  namespace: string | undefined;
  selectorsUrl: undefined;
}

export const test = base.extend<{ bootData: BootData; /** Errors in the console and on the page, from here on. */ complaints: string[] }, { lab: Lab }>({
  complaints: async ({ page }, use) => {
    const found: string[] = [];
    page.on('pageerror', (error) => found.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        found.push(`${message.text()} (${message.location().url})`);
      }
    });
    await use(found);
  },
  // The suite's own reads it from a page of its own before each test, which costs as much as the test itself.
  bootData: async ({ request: api }, use) => {
    const { namespace, buildInfo } = await call<FrontendSettings>(api, 'GET', '/api/frontend/settings');
    await use({ version: buildInfo.version, namespace, selectorsUrl: undefined });
  },
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
        const app = await pointApp(api, sourceUid);
        await use({ day, address, sourceName, sourceUid, log, admin: api, restoreSettings: app.again });
        await app.back();
        stop();
      } finally {
        await api.fetch(`/api/datasources/uid/${sourceUid}`, { method: 'DELETE' });
        log.redis.disconnect();
        await redis.stop();
        await api.dispose();
      }
    },
    // Before any page: Grafana tells each page its data sources when it opens.
    { scope: 'worker', timeout: 120_000, auto: true },
  ],
});

export { expect };
