import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test } from './fixtures';

const CONFIGURATION = '/a/hemostat-monitor-app/configuration';

/** Settings are the same for every page of this worker: the tests after these find them as they were. */
test.afterEach(async ({ page, baseURL, as }) => {
  await as({ role: 'Admin' });
  const restored = await page.request.post('/api/plugins/hemostat-monitor-app/settings', { data: { enabled: true, pinned: true, jsonData: {} }, headers: { origin: String(baseURL) } });
  expect(restored.status()).toBe(200);
});

test('the data source is tested for real', async ({ page }) => {
  await page.goto(CONFIGURATION);
  await page.getByTestId(testIds.configuration.test).click();
  await expect(page.getByTestId(testIds.configuration.result)).toContainText('It works');
  await expect(page.getByText('Everything that HemoStat needs is there')).toBeVisible();
});

test('what is saved holds for every page', async ({ page }) => {
  await page.goto(CONFIGURATION);
  await page.getByRole('combobox', { name: /^Refresh/ }).click();
  await page.getByRole('option', { name: '30s', exact: true }).click();
  const answered = page.waitForResponse((response) => response.url().endsWith('/settings') && response.request().method() === 'POST');
  await page.getByTestId(testIds.configuration.save).click();
  expect((await answered).status()).toBe(200);
  await expect(page.getByTestId(testIds.configuration.save)).toHaveAttribute('aria-disabled', 'true');
  await page.goto('/a/hemostat-monitor-app/overview');
  await expect(page.getByRole('button', { name: /interval 30 seconds/ })).toBeVisible();
});

test('others than Admins read only, and find no serious fault', async ({ page, as }) => {
  await as({ role: 'Editor', theme: 'light' });
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(CONFIGURATION);
  await expect(page.getByText('This needs the role Admin; you are Editor.')).toBeVisible();
  await expect(page.getByTestId(testIds.configuration.save)).toHaveAttribute('aria-disabled', 'true');
  const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
});
