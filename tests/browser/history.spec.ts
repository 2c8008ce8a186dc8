import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test } from './fixtures';

const HISTORY = '/a/hemostat-monitor-app/history';

test('R052 to R057: every remediation of the day, filtered by the address, opened in place', async ({ page }) => {
  await page.goto(HISTORY);
  const rows = page.getByTestId(testIds.history.row);
  await expect(rows.first()).toBeVisible();
  await expect(page.getByRole('columnheader').filter({ hasText: /./ })).toHaveText(['Time', 'Container', 'Action', 'Status', 'Reason', 'Confidence', 'Verdict', 'Incident']);
  const counts = page.getByTestId(testIds.history.counts);
  await expect(counts).toContainText(/\d+ in this time range/);
  const all = Number(/^(\d+)/.exec((await counts.textContent()) ?? '')?.[1]);
  await expect(page.getByText(`All ${all} are shown.`)).toBeAttached();

  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'refused' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/status=rejected/);
  await expect(counts).not.toContainText('done');
  for (const status of await rows.getByText(/^(done|failed|refused)$/).allTextContents()) {
    expect(status).toBe('refused');
  }
  await rows.first().getByRole('button').click();
  await expect(page.getByTestId(testIds.history.detail)).toContainText('Refused by');
  await expect(page).toHaveURL(/open=/);
  await page.reload();
  await expect(page.getByTestId(testIds.history.detail)).toContainText('Refused by');
});

test('the file holds everything that fits', async ({ page }) => {
  await page.goto(`${HISTORY}?verdict=helped`);
  const counts = page.getByTestId(testIds.history.counts);
  await expect(counts).toContainText('helped');
  const all = Number(/^(\d+)/.exec((await counts.textContent()) ?? '')?.[1]);
  const saved = page.waitForEvent('download');
  await page.getByTestId(testIds.history.csv).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^hemostat-remediations-[\d-]+\.csv$/);
  const lines = readFileSync((await file.path()) ?? '', 'utf8').trim().split('\r\n');
  expect(lines).toHaveLength(all + 1);
  expect(lines.slice(1).every((line) => line.includes(',helped,'))).toBe(true);
});

for (const { theme, width } of [{ theme: 'dark', width: 1280 }, { theme: 'light', width: 390 }] as const) {
  test(`is accessible and fits at ${width} pixels, ${theme}`, async ({ page, as }) => {
    await as({ theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(HISTORY);
    await page.getByTestId(testIds.history.row).first().getByRole('button').click();
    await expect(page.getByTestId(testIds.history.detail)).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
    expect(await page.getByTestId(testIds.history.table).evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
  });
}
