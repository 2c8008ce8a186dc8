import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Page } from './fixtures';

const SYSTEM = '/a/hemostat-monitor-app/system';
const sentence = (page: Page) => page.getByTestId(testIds.system.sentence);

test('R087 to R173: says how HemoStat is, what is wrong and what to do; parts, breakers, resources, score, alerts, history', async ({ page }) => {
  await page.goto(SYSTEM);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('System status');
  await expect(sentence(page)).toContainText(/2 of \d+ parts are not well, score \d+/);
  await expect(sentence(page).getByRole('listitem').first()).toContainText('down alertmanager: Alertmanager at http://alertmanager:9093 cannot be reached: connect ECONNREFUSED. Start it (docker compose up -d alertmanager)');
  const parts = page.getByTestId(testIds.system.component);
  await expect(parts.nth(0)).toContainText('alertmanager');
  await expect(parts.nth(1)).toContainText(/docker:rack-\d.*impaired/);
  await expect(parts.filter({ hasText: 'redis' })).toContainText(/well.*1 ms/);
  await expect(page.getByTestId(testIds.system.figures)).toContainText(/\d+ well, 1 impaired, 1 down/);
  await expect(page.getByTestId(testIds.system.resources)).toContainText('91 % 457 of 500 GB · above the limit of 90 %');
  await expect(page.getByTestId(testIds.system.alerts)).toContainText('High Disk Usage');
  await expect(page.getByTestId(testIds.system.telemetry)).toContainText('21 MiB of at most 64 MiB');
  const breakers = page.getByTestId(testIds.system.breaker);
  await expect(breakers).toHaveCount(2);
  await expect(breakers.first()).toContainText(/queue-worker-3.*open.*3.*25 %.*1.1 s.*4.*in \d+ minutes/);
  await page.getByRole('button', { name: 'Closed ones as well' }).click();
  await expect(page).toHaveURL(/breakers=all/);
  await expect(breakers).toHaveCount(9);
  const history = page.getByTestId(testIds.system.history);
  await expect(history).toContainText(/Mean of \d+ points over 2\d(\.\d+)? h: score \d+/);
  await history.scrollIntoViewIfNeeded();
  await expect(history.locator('canvas')).toHaveCount(3);
  await page.getByRole('link', { name: 'High Disk Usage' }).click();
  await expect(page).toHaveURL(/\/agents\?.*alert=/);
  await expect(page.getByTestId(testIds.agents.alertDetails)).toContainText('The old images of media go tonight.');
});

test('refreshes by itself, without anything that jumps', async ({ page, stage }) => {
  await page.goto(SYSTEM);
  await expect(sentence(page)).toContainText('parts are not well');
  const table = page.getByRole('table', { name: 'Parts of the system' });
  const before = await table.boundingBox();
  const { observed } = stage.log.partition(0);
  const seen = async () => (JSON.parse((await stage.log.redis.get(observed)) ?? '{}') as { at: string }).at;
  const first = await seen();
  await expect.poll(seen).not.toBe(first);
  const answered = page.waitForResponse((response) => response.url().endsWith('/dashboard/status'));
  await answered;
  expect(await table.boundingBox()).toEqual(before);
});

test.describe('before an observer has looked', () => {
  // The browser itself notes every answer of 503.
  test.use({ expectedConsole: [/503 \(Service Unavailable\)/] });

  test('R485: both pages say what to start', async ({ page }) => {
    await page.route('**/resources/dashboard**', async (route) => route.fulfill({ status: 503, json: { error: 'unavailable', message: 'Dashboard not initialized', mend: 'Start the observer.' } }));
    for (const address of [SYSTEM, '/a/hemostat-monitor-app/agents']) {
      await page.goto(address);
      await expect(page.getByTestId(testIds.state.empty)).toContainText('npx hemostat agent observer');
    }
  });
});

for (const { theme, width } of [
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 390 },
  { theme: 'light', width: 390 },
] as const) {
  test(`is accessible and fits at ${width} pixels, ${theme}`, async ({ page, as }, testInfo) => {
    await as({ theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${SYSTEM}?breakers=all`);
    await expect(page.getByTestId(testIds.system.breaker)).toHaveCount(9);
    await page.getByTestId(testIds.system.history).scrollIntoViewIfNeeded();
    await expect(page.getByTestId(testIds.system.history).locator('canvas')).toHaveCount(3);
    // The legend of Grafana's own charts names its buttons otherwise than it shows them.
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).exclude('button[class$="LegendLabel"]').analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
    await page.screenshot({ path: testInfo.outputPath(`system-${theme}-${width}.png`), fullPage: true });
    const frame = page.getByTestId(testIds.page.frame);
    expect(await frame.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}
