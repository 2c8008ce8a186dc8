import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test } from './fixtures';

const INSIGHTS = '/a/hemostat-monitor-app/insights';

test('R313 to R340: error rates with their cause, analyses of dashboards with what was found', async ({ page, stage }) => {
  await page.goto(INSIGHTS);
  const rates = page.getByTestId(testIds.insights.rate);
  await expect(rates).toHaveCount(2);
  const [lasting, over] = [rates.nth(0), rates.nth(1)];
  await expect(lasting).toContainText('lasts');
  await expect(lasting).toContainText('the checkout');
  await expect(lasting).toContainText('of the requests fail, at worst 14 %; the limit is 5 %');
  await expect(lasting).toContainText('Confidence 85 %, worded by a language model');
  // Grafana refused the other one of its two panels.
  await expect(lasting).toContainText('annotated on panels: 1');
  await expect(lasting).toContainText('container="shop-db-1"');
  await expect(over).toContainText('At worst 18 % failed');
  const incident = stage.day.open['refused by cooldown']?.incident ?? '';
  await lasting.getByRole('link', { name: 'open the incident' }).click();
  await expect(page).toHaveURL(new RegExp(`/incidents/${incident}`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incident');
  await expect(page.getByTestId(testIds.page.frame)).toContainText('shop-db-1');

  await page.goto(INSIGHTS);
  const insights = page.getByTestId(testIds.insights.insight);
  await expect(insights).toHaveCount(5);
  await expect(insights.filter({ hasText: 'media_transcoding' })).toContainText('jobs that wait went from a level of 14 to 96');
  await expect(insights.filter({ hasText: 'media_transcoding' })).toContainText('To do');
  await expect(insights.filter({ hasText: 'shop_database' }).getByText(/memory of shop-db-1 rises steadily/)).toHaveCount(1);
  await expect(insights.filter({ hasText: 'media_storage' })).toContainText('The statistics word it: no answer within 20 s.');
  await expect(insights.filter({ hasText: 'intranet_wiki' })).toContainText('No analysis: Prometheus cannot evaluate');
});

test('the severity is filtered by the address', async ({ page }) => {
  await page.goto(INSIGHTS);
  await expect(page.getByTestId(testIds.insights.insight)).toHaveCount(5);
  await page.getByRole('combobox', { name: 'Severity' }).click();
  await page.getByRole('option', { name: 'medium' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/severity=medium/);
  await expect(page.getByTestId(testIds.insights.insight)).toHaveCount(1);
  await expect(page.getByTestId(testIds.insights.insight)).toContainText('shop_database');
  await page.reload();
  await expect(page.getByTestId(testIds.insights.insight)).toContainText('shop_database');
  await page.goto(`${INSIGHTS}?severity=critical`);
  await expect(page.getByText('Nothing of this severity in this time range')).toBeVisible();
});

for (const { theme, width } of [{ theme: 'dark', width: 1280 }, { theme: 'light', width: 390 }] as const) {
  test(`is accessible and fits at ${width} pixels, ${theme}`, async ({ page, as }, testInfo) => {
    await as({ theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(INSIGHTS);
    await expect(page.getByTestId(testIds.insights.insight)).toHaveCount(5);
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
    const frame = page.getByTestId(testIds.page.frame);
    expect(await frame.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: testInfo.outputPath(`insights-${theme}-${width}.png`), fullPage: true });
  });
}
