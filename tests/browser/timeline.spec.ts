import AxeBuilder from '@axe-core/playwright';
import { observed } from '../../agents/runtime/new-event';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Page } from './fixtures';

const TIMELINE = '/a/hemostat-monitor-app/timeline';
const rows = (page: Page) => page.getByTestId(testIds.timeline.row);

/** A person's word in the log, which changes nothing else. */
const said = (text: string) => observed('command', 'operator', {}, { command: 'comment', user: 'tess', text, reason: '' });

test('R058 to R061: the newest events with marks, a graph over time, and all that the log holds of one', async ({ page }) => {
  await page.goto(TIMELINE);
  await expect(rows(page).first()).toContainText(/\[(ALERT|REMEDIATION|FALSE ALARM|EVENT)\]/);
  await expect(page.getByTestId(testIds.timeline.graph).locator('canvas').first()).toBeVisible();
  const alert = rows(page).filter({ hasText: '[ALERT]' }).first();
  await alert.click();
  await expect(page.getByLabel('Raw event')).toContainText('"type": "health_alert"');
  await page.getByRole('button', { name: 'Only this incident' }).click();
  await expect(page).toHaveURL(/incident=/);
  await expect(page.getByTestId(testIds.timeline.position)).toContainText(/ of \d+, at /);
});

test('dragging over the graph zooms the page', async ({ page }) => {
  await page.goto(`${TIMELINE}?from=now-24h&to=now`);
  await expect(rows(page).first()).toBeVisible();
  const plot = page.getByTestId(testIds.timeline.graph).locator('.u-over');
  // A refresh in the middle of the movement draws the graph anew, and the movement ends.
  await expect(async () => {
    const box = await plot.boundingBox();
    const [x, y] = [box?.x ?? 0, (box?.y ?? 0) + 20];
    await page.mouse.move(x + 200, y);
    await page.mouse.down();
    await page.mouse.move(x + 400, y, { steps: 5 });
    await page.mouse.up();
    await expect(page).not.toHaveURL(/to=now/, { timeout: 2000 });
  }).toPass();
  await expect(page.getByText('A time range in the past: nothing new comes in')).toBeVisible();
});

test('what happens now comes in at the top, and waits while the tail is paused', async ({ page, stage }) => {
  await page.goto(TIMELINE);
  await expect(rows(page).first()).toBeVisible();
  await stage.log.append([said('first word')]);
  await expect(rows(page).first()).toContainText('first word');
  await page.getByTestId(testIds.timeline.live).click();
  await expect(page).toHaveURL(/live=off/);
  await stage.log.append([said('second word')]);
  const waiting = page.getByTestId(testIds.timeline.waiting);
  await expect(waiting).toHaveText('Show the newest: 1 wait');
  await expect(rows(page).first()).toContainText('first word');
  await waiting.click();
  await expect(rows(page).first()).toContainText('second word');
});

test('scrolls on through the day to its beginning, and finds an old event by its address', async ({ page }) => {
  await page.goto(`${TIMELINE}?from=now-24h&to=now`);
  await expect(rows(page).first()).toBeVisible();
  const list = page.getByTestId(testIds.timeline.list);
  await expect(async () => {
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await expect(page.getByText('The time range begins here.')).toBeVisible({ timeout: 500 });
  }).toPass();
  await rows(page).last().click();
  await expect(page).toHaveURL(/event=/);
  const id = new URL(page.url()).searchParams.get('event') ?? '';
  await expect(page.getByLabel('Raw event')).toContainText(id);

  await page.goto(`${TIMELINE}?event=${id}`);
  await expect(page.getByLabel('Raw event')).toContainText(id);
  await expect(page).not.toHaveURL(/to=now/);
});

for (const { theme, width } of [{ theme: 'dark', width: 1280 }, { theme: 'light', width: 390 }] as const) {
  test(`is accessible and fits at ${width} pixels, ${theme}`, async ({ page, as }) => {
    await as({ theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(TIMELINE);
    await rows(page).nth(1).click();
    await expect(page.getByLabel('Raw event')).toBeVisible();
    // The graph is Grafana's own panel.
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).exclude(`[data-testid="${testIds.timeline.graph}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
    expect(await page.getByTestId(testIds.timeline.list).evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
  });
}
