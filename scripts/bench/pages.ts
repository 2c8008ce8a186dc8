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
import { inSight, intoView, isStill, longTasks, noteLongTasks, scroll, scrollOn, toEnd, watchFor, type InSight, type Scrolled } from './pages-in-browser';

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

/** More than fit into the tallest element of a browser. */
const MILLION = 1_000_000;

const withTestId = (id: string): string => `[data-testid="${id}"]`;

interface Stage {
  browser: Browser;
  url: string;
  log: HemostatLog;
}

/** A log that is scrolled through from its newest event to its oldest, and by the scrollbar. */
async function millionEvents(stage: Stage): Promise<Figure[]> {
  const page = await opened(stage);
  await page.goto(`${APP}/timeline?from=now-3d&to=now&refresh=`);
  const list = withTestId(testIds.timeline.list);
  await page.locator(list).locator('[data-row-focus]').first().waitFor();
  await page.evaluate(noteLongTasks);
  const begun = performance.now();
  const end = page.getByText('The time range begins here.');
  while ((await end.count()) === 0) {
    await page.evaluate(scrollOn(list, 1000));
  }
  const seconds = (performance.now() - begun) / 1000;
  const reading = await page.evaluate<number[]>(longTasks);
  const oldest = await rowsInSight(page, list);
  const half = await draggedToTheMiddle(page, list);
  const going = await page.evaluate<number[]>(longTasks);
  await page.context().close();
  const all = oldest.last + 1;
  const right = oldest.text.endsWith('number 1') && Math.abs(half.first / all - 0.5) < 0.1 && half.text !== '';
  return [
    atLeast(GROUP, 'timeline: events scrolled through to the oldest', all, '', MILLION, `${right ? 'the right rows' : 'WRONG ROWS'} at the end and, dragged there, in the middle: row ${half.first.toLocaleString('en-US')}; ${seconds.toFixed(0)} s`),
    under(GROUP, 'timeline of 1,000,000: longest task while all of it was read', Math.max(0, ...reading), 'ms', 1000, `median of ${reading.length} above 50 ms: ${reading.length > 0 ? median(reading).toFixed(0) : 0} ms`),
    under(GROUP, 'timeline of 1,000,000: longest task while the scrollbar is dragged', Math.max(0, ...going), 'ms', 500),
  ];
}

async function rowsInSight(page: Page, list: string): Promise<InSight> {
  await page.waitForFunction(isStill(list));
  return page.evaluate<InSight>(inSight(list));
}

async function draggedToTheMiddle(page: Page, list: string): Promise<InSight> {
  await page.evaluate(intoView(list));
  const { x, y, width, height } = (await page.locator(list).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(x + width - 6, y + height - 25);
  await page.mouse.down();
  await page.mouse.move(x + width - 6, y + height / 2, { steps: 10 });
  await page.mouse.up();
  return rowsInSight(page, list);
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

/** A preview of its own on a recorded day, as long as `work` takes. @param events further ones in the log */
async function staged(browser: Browser, events: number, work: (stage: Stage) => Promise<Figure[]>): Promise<Figure[]> {
  const root = process.cwd();
  const hostFolder = path.join(root, 'build', 'preview');
  const redis = await startRedis();
  const environment = { REDIS_URL: redis.url };
  const log = openLog(readSettings(commonSettings, environment), 'bench-pages');
  await writeRecordedDay(log, { now: Date.now(), events });
  const rest = keepHealerAlive(log);
  const door = await openDoor(environment);
  const preview = await startPreview({ root, hostFolder, door, bindHost: '127.0.0.1', port: 0 });
  try {
    preview.ready(await buildHost(root, hostFolder));
    return await work({ browser, url: preview.url, log });
  } finally {
    rest();
    await preview.close();
    await door.close();
    log.redis.disconnect();
    await redis.stop();
  }
}

async function ofADay(stage: Stage): Promise<Figure[]> {
  return [...(await firstPage(stage)), ...(await longTable(stage)), ...(await openForAnHour(stage))];
}

/** The figures of the pages; builds the plugin where its sources have changed. */
export async function benchPages(): Promise<Figure[]> {
  await buildPlugin(process.cwd(), () => undefined);
  // With scrollbars, to drag one.
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', ignoreDefaultArgs: ['--hide-scrollbars'], args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  try {
    return [...(await staged(browser, 0, ofADay)), ...(await staged(browser, MILLION, millionEvents))];
  } finally {
    await browser.close();
  }
}
