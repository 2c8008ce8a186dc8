import path from 'node:path';
import { test as base, type Page } from '@playwright/test';
import type { HemostatLog } from '../../agents/runtime/log';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { buildHost, buildPlugin } from '../../scripts/preview/build';
import { openDoor } from '../../scripts/preview/door';
import { startPreview } from '../../scripts/preview/server';
import { COOKIES, type PreviewRole } from '../../scripts/preview/visitor';
import { keepHealerAlive, writeRecordedDay, type RecordedDay } from '../support/recorded-day';
import { startRedis } from '../support/servers';

export { expect, type Page } from '@playwright/test';

const root = path.join(__dirname, '../..');

/** What the pages of one worker stand on: a Redis with the recorded day, the HTTP door, the preview. */
export interface Stage {
  url: string;
  day: RecordedDay;
  /** Appends to the log that the pages show. */
  log: HemostatLog;
  /** Calls of Grafana's API that the preview does not have. */
  unanswered: string[];
}

interface WorkerFixtures {
  stage: Stage;
}
interface TestFixtures {
  /** Words in the console that a test expects, besides those below. */
  expectedConsole: RegExp[];
  /** Role, theme and zone of the visitor, before the first page is opened. */
  as: (choice: { role?: PreviewRole; theme?: 'dark' | 'light'; zone?: string }) => Promise<void>;
}

/** What a browser may say although all is well, each with its reason. */
const ALLOWED: readonly RegExp[] = [
  // uPlot measures its canvas when a page is left at once.
  /ResizeObserver loop/,
];

function watch(page: Page, problems: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`error on the page: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.headers()['x-preview-unanswered']) {
      problems.push(`nobody answers ${response.request().method()} ${new URL(response.url()).pathname}`);
    }
  });
}

/** Tests of pages import this one: a page that complains fails its test. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  stage: [
    // Playwright tells what a fixture needs from its first parameter.
    async ({}, use) => {
      const redis = await startRedis();
      const environment = { REDIS_URL: redis.url };
      const log = openLog(readSettings(commonSettings, environment), 'browser-tests');
      const day = await writeRecordedDay(log, { now: Date.now() });
      const rest = keepHealerAlive(log);
      const door = await openDoor(environment);
      const hostFolder = path.join(root, 'build', 'preview');
      const dist = process.env.HEMOSTAT_PREVIEW_DIST;
      const preview = await startPreview({ root, hostFolder, door, bindHost: '127.0.0.1', port: 0, ...(dist ? { dist } : {}) });
      try {
        await (dist ? Promise.resolve() : buildPlugin(root, () => undefined));
        preview.ready(await buildHost(root, hostFolder));
        await use({ url: preview.url, day, log, unanswered: preview.unanswered });
      } finally {
        rest();
        await preview.close();
        await door.close();
        log.redis.disconnect();
        await redis.stop();
      }
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  baseURL: async ({ stage }, use) => use(stage.url),
  expectedConsole: [[], { option: true }],
  as: async ({ context, stage }, use) =>
    use(async (choice) => {
      const chosen = Object.entries(choice) as Array<[keyof typeof COOKIES, string]>;
      await context.addCookies(chosen.map(([what, value]) => ({ name: COOKIES[what], value: encodeURIComponent(value), url: stage.url })));
    }),
  page: async ({ page, expectedConsole }, use) => {
    const problems: string[] = [];
    watch(page, problems);
    await use(page);
    const unexpected = problems.filter((problem) => ![...ALLOWED, ...expectedConsole].some((pattern) => pattern.test(problem)));
    if (unexpected.length > 0) {
      throw new Error(`The page complained:\n${unexpected.join('\n')}`);
    }
  },
});
