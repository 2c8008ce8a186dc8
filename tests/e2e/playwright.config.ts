import path from 'node:path';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig } from '@playwright/test';
import { chromium } from '../../playwright.config';

/** Where the suite's sign-in keeps its cookies: below the folder that it is started in. */
const signedIn = (user: string) => `playwright/.auth/${user}.json`;
const AUTH = path.join(__dirname, '../../node_modules/@grafana/plugin-e2e/dist/auth');
const VIEWER = { user: 'hemostat-e2e-viewer', password: 'hemostat-e2e-viewer', role: 'Viewer' as const };
const EDITOR = { user: 'hemostat-e2e-editor', password: 'hemostat-e2e-editor', role: 'Editor' as const };
const MINUTE_MS = 60_000;

const { GRAFANA_URL } = process.env;
if (!GRAFANA_URL) {
  throw new Error('GRAFANA_URL is not set. Set it to a running Grafana with the plugin in it, such as http://localhost:3000 (GRAFANA_ADMIN_USER and GRAFANA_ADMIN_PASSWORD where they are not admin).');
}

/** Against a real Grafana at GRAFANA_URL, with the plugin in it: `npm run e2e`. */
export default defineConfig<PluginOptions>({
  testDir: __dirname,
  outputDir: path.join(__dirname, '../../build/e2e/results'),
  workers: 1,
  // A test that passes at the second try is a fault that nobody looks for.
  retries: 0,
  // A Grafana that was just started, on a busy machine, takes its time; a quick one is not slowed by this.
  timeout: 5 * MINUTE_MS,
  expect: { timeout: MINUTE_MS },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    ...chromium,
    baseURL: GRAFANA_URL,
    provisioningRootDir: path.join(__dirname, '../../provisioning'),
    viewport: { width: 1280, height: 900 },
    actionTimeout: MINUTE_MS,
    navigationTimeout: 2 * MINUTE_MS,
    timezoneId: 'UTC',
    locale: 'en-US',
    // A trace would keep all of Grafana's own files, and take longer than the tests.
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'sign in', testDir: AUTH, testMatch: [/.*\.js/] },
    { name: 'sign in as Viewer', testDir: AUTH, testMatch: [/.*\.js/], use: { user: VIEWER }, dependencies: ['sign in'] },
    { name: 'sign in as Editor', testDir: AUTH, testMatch: [/.*\.js/], use: { user: EDITOR }, dependencies: ['sign in'] },
    { name: 'grafana', testMatch: ['*.spec.ts'], testIgnore: ['viewer.spec.ts', 'editor.spec.ts'], use: { storageState: signedIn('admin') }, dependencies: ['sign in'] },
    { name: 'grafana as Viewer', testMatch: ['viewer.spec.ts'], use: { storageState: signedIn(VIEWER.user), user: VIEWER }, dependencies: ['sign in as Viewer'] },
    { name: 'grafana as Editor', testMatch: ['editor.spec.ts'], use: { storageState: signedIn(EDITOR.user), user: EDITOR }, dependencies: ['sign in as Editor'] },
  ],
});
