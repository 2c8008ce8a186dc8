import { defineConfig } from '@playwright/test';

const MINUTE_MS = 60_000;

/** Debian's own: Playwright's browsers come from the internet. */
export const chromium = {
  browserName: 'chromium' as const,
  launchOptions: {
    executablePath: process.env.HEMOSTAT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
};

export default defineConfig({
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes only the second time is a fault.
  retries: 0,
  workers: 2,
  timeout: 2 * MINUTE_MS,
  expect: { timeout: 30_000 },
  outputDir: 'test-results',
  reporter: [['list']],
  use: { ...chromium, viewport: { width: 1280, height: 900 }, actionTimeout: 30_000, navigationTimeout: MINUTE_MS, trace: 'retain-on-failure', screenshot: 'only-on-failure', timezoneId: 'UTC', locale: 'en-US' },
  projects: [
    { name: 'preview', testDir: 'tests/browser', testMatch: '**/*.spec.ts', testIgnore: '**/screenshots.spec.ts' },
    { name: 'screenshots', testDir: 'tests/browser', testMatch: '**/screenshots.spec.ts' },
  ],
});
