import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import type { HemostatLog } from '../../agents/runtime/log';
import { observed } from '../../agents/runtime/new-event';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { PLUGIN_ID } from '../../src/constants';
import { testIds } from '../../src/components/testIds';
import { keepHealerAlive, writeRecordedDay } from '../../tests/support/recorded-day';
import { startRedis } from '../../tests/support/servers';
import { completeData } from '../../tests/support/story-events';
import { buildHost, buildPlugin } from '../preview/build';
import { openDoor } from '../preview/door';
import { startPreview } from '../preview/server';
import { atLeast, median, plain, under, type Figure } from './figures';
import { scroll, toEnd, watchFor, type Scrolled } from './pages-in-browser';

const GROUP = 'The pages, in Chromium on the preview host, with the recorded day of 48 containers';
const APP = `/a/${PLUGIN_ID}`;
const KILOBYTE = 1000;
const MEGABYTE = 1e6;
const PAINTS = 5;
const ROWS = 10_000;
const SCROLL_MS = 8000;
/** Pixels from frame to frame: a fast turn of the wheel. */
const SCROLL_STEP = 60;
/** An hour at ten a second. */
const LIVE_EVENTS = 36_000;
const LIVE_BATCH = 500;

const withTestId = (id: string): string => `[data-testid="${id}"]`;

interface Stage {
  browser: Browser;
  url: string;
  log: HemostatLog;
}

async function opened({ browser, url }: Stage): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
  return context.newPage();
}

/** Milliseconds from the navigation to the four cards with a figure in each: what a person came for. */
async function paintOnce(stage: Stage): Promise<{ ms: number; chunks: number }> {
  const page = await opened(stage);
  let chunks = 0;
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const mine = pathname.startsWith(`/public/plugins/${PLUGIN_ID}/`) && pathname.endsWith('.js') && !pathname.endsWith('/module.js');
    chunks += mine ? statSync(path.join('dist', pathname.split('/').slice(4).join('/'))).size : 0;
  });
  await page.addInitScript({ content: watchFor(withTestId(testIds.overview.cards)) });
  await page.goto(`${APP}/overview`);
  const ms = Number(await (await page.waitForFunction('window.paintedAt')).jsonValue());
  await page.context().close();
  return { ms, chunks };
}

async function firstPage(stage: Stage): Promise<Figure[]> {
  const entry = readFileSync('dist/module.js').length;
  const rounds = [];
  for (let round = 0; round < PAINTS; round += 1) {
    rounds.push(await paintOnce(stage));
  }
  const times = rounds.map(({ ms }) => ms);
  return [
    under(GROUP, 'entry bundle', entry / KILOBYTE, 'kB', 40, 'uncompressed'),
    under(GROUP, 'own chunks of the first page, uncompressed', Math.max(...rounds.map(({ chunks }) => chunks)) / KILOBYTE, 'kB', 600),
    under(GROUP, 'Overview: first meaningful paint, p50', median(times) / 1000, 's', 1.5, `four cards with figures, nothing cached; slowest of ${PAINTS}: ${(Math.max(...times) / 1000).toFixed(2)} s`),
  ];
}

async function fillHistory(log: HemostatLog): Promise<void> {
  for (let done = 0; done < ROWS; done += 200) {
    await log.append(Array.from({ length: 200 }, (_, index) => observed('remediation_complete', 'responder', { host: 'bench', container: `bench-${(done + index) % 50}` }, completeData)));
  }
}

async function longTable(stage: Stage): Promise<Figure[]> {
  await fillHistory(stage.log);
  const page = await opened(stage);
  const table = withTestId(testIds.history.table);
  await page.goto(`${APP}/history?container=${Array.from({ length: 50 }, (_, index) => `bench/bench-${index}`).join('&container=')}`);
  const box = page.locator(table);
  await box.locator('[data-row-focus]').first().waitFor();
  const end = page.getByText(`All ${ROWS} are shown.`);
  for (let turn = 0; turn < 200 && (await end.count()) === 0; turn += 1) {
    await page.evaluate(toEnd(table));
    await page.waitForTimeout(100);
  }
  await end.waitFor({ state: 'attached' });
  const idle = await page.evaluate<Scrolled>(scroll(table, 2000, 0));
  const { perSecond, longestMs, distance } = await page.evaluate<Scrolled>(scroll(table, SCROLL_MS, SCROLL_STEP));
  await page.context().close();
  return [
    atLeast(GROUP, `history of ${ROWS.toLocaleString('en-US')} rows: frames a second while scrolling`, perSecond, '/s', 50, `${distance.toLocaleString('en-US')} px in ${SCROLL_MS / 1000} s, refreshed every 5 s; longest frame ${longestMs.toFixed(0)} ms; without scrolling ${idle.perSecond.toFixed(0)} /s`),
  ];
}

async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

const word = (text: string) => observed('command', 'operator', {}, { command: 'comment', user: 'bench', text });

/** Appends, and waits until the page shows the last of it. */
async function live({ log }: Stage, page: Page, from: number, count: number): Promise<void> {
  for (let done = from; done < from + count; done += LIVE_BATCH) {
    const last = `word ${done + LIVE_BATCH - 1} said`;
    await log.append(Array.from({ length: LIVE_BATCH }, (_, index) => word(`word ${done + index} said`)));
    await page.getByTestId(testIds.timeline.row).filter({ hasText: last }).first().waitFor();
  }
}

async function openForAnHour(stage: Stage): Promise<Figure[]> {
  const page = await opened(stage);
  await page.goto(`${APP}/timeline`);
  await page.getByTestId(testIds.timeline.row).first().waitFor();
  const session = await page.context().newCDPSession(page);
  const before = await heapBytes(session);
  const begun = performance.now();
  await live(stage, page, 0, LIVE_EVENTS);
  const seconds = (performance.now() - begun) / 1000;
  const after = await heapBytes(session);
  await page.context().close();
  return [
    under(GROUP, 'timeline open for 36,000 events: growth of the heap', (after - before) / MEGABYTE, 'MB', 30, `an hour at 10 a second, sent in ${seconds.toFixed(0)} s as fast as they are shown; ${(before / MEGABYTE).toFixed(0)} MB before, after a collection each`),
    plain(GROUP, 'events a second that the timeline takes in and shows', LIVE_EVENTS / seconds, '/s'),
  ];
}

/** The figures of the pages; builds the plugin where its sources have changed. */
export async function benchPages(): Promise<Figure[]> {
  const root = process.cwd();
  const hostFolder = path.join(root, 'build', 'preview');
  const redis = await startRedis();
  const environment = { REDIS_URL: redis.url };
  const log = openLog(readSettings(commonSettings, environment), 'bench-pages');
  await writeRecordedDay(log, { now: Date.now() });
  const rest = keepHealerAlive(log);
  const door = await openDoor(environment);
  const preview = await startPreview({ root, hostFolder, door, bindHost: '127.0.0.1', port: 0 });
  let browser: Browser | undefined;
  try {
    await buildPlugin(root, () => undefined);
    preview.ready(await buildHost(root, hostFolder));
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    const stage = { browser, url: preview.url, log };
    return [...(await firstPage(stage)), ...(await longTable(stage)), ...(await openForAnHour(stage))];
  } finally {
    await browser?.close();
    rest();
    await preview.close();
    await door.close();
    log.redis.disconnect();
    await redis.stop();
  }
}
