import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test } from './fixtures';

const ISSUES = '/a/hemostat-monitor-app/issues';

test('lists what is ill, most urgent first, with details that a reload keeps (R039 to R043)', async ({ page, stage }) => {
  await page.goto(ISSUES);
  const rows = page.getByTestId(testIds.issues.row);
  await expect(rows.first()).toContainText('waits for you');
  // Other tests of this worker may have let a further container fall ill.
  for (const { container } of Object.values(stage.day.open)) {
    await expect(rows.filter({ hasText: container })).toHaveCount(1);
  }
  await expect(page.getByTestId(testIds.issues.refused).getByText('refused').first()).toBeVisible();
  await rows.filter({ hasText: 'cooldown refuses restart' }).getByTestId(testIds.issues.toggle).click();
  await expect(page.getByTestId(testIds.issues.details)).toContainText('Last log lines');
  await page.reload();
  await expect(page.getByTestId(testIds.issues.details)).toContainText('Evidence');
});

test('filters, groups and is walked through by keys', async ({ page }) => {
  await page.goto(`${ISSUES}?group=project`);
  await expect(page.getByRole('heading', { level: 2, name: /^shop/ })).toBeVisible();
  await page.getByTestId(testIds.issues.search).fill('memory');
  await expect(page).toHaveURL(/q=memory/);
  await page.getByTestId(testIds.issues.search).blur();
  await page.keyboard.press('j');
  await expect(page.getByTestId(testIds.issues.toggle).first()).toBeFocused();
  await page.keyboard.press('x');
  await expect(page.getByTestId(testIds.issues.details)).toBeVisible();
  await page.keyboard.press('o');
  await expect(page).toHaveURL(/incidents\//);
});

test('acknowledges, silences and approves, each in two clicks', async ({ page, stage }) => {
  const waiting = Object.values(stage.day.open).find(({ digest }) => digest !== '');
  await page.goto(`${ISSUES}?q=${waiting?.container ?? ''}`);
  await page.getByTestId(testIds.actions.acknowledge).click();
  await expect(page.getByTestId(testIds.issues.row)).toContainText('Acknowledged by preview-admin');
  await page.getByTestId(testIds.actions.silence).click();
  await page.getByRole('dialog').getByRole('button', { name: '1 h', exact: true }).click();
  await expect(page.getByTestId(testIds.issues.row)).toContainText('Silenced by preview-admin');
  await page.getByTestId(testIds.actions.decide).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId(testIds.actions.plan)).toContainText(waiting?.digest.slice(0, 12) ?? '-');
  await dialog.getByTestId(testIds.actions.confirm).click();
  // No responder runs here: the order is in the log, and that is what the page promises.
  await expect(dialog).toBeHidden();
  await expect(page.getByText('The responder checks its guards again and then acts.')).toBeVisible();
});

test('offers a Viewer nothing that it may not do', async ({ page, as }) => {
  await as({ role: 'Viewer' });
  await page.goto(ISSUES);
  const button = page.getByTestId(testIds.actions.acknowledge).first();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.focus();
  await expect(page.getByText('This needs the role Editor; you are Viewer.')).toBeVisible();
});

for (const theme of ['dark', 'light'] as const) {
  test(`has no serious finding of axe, and fits a phone (${theme})`, async ({ page, as }) => {
    await as({ theme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(ISSUES);
    await page.getByTestId(testIds.issues.toggle).first().click();
    await expect(page.getByTestId(testIds.issues.details)).toContainText('Evidence');
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(await page.getByTestId(testIds.page.frame).evaluate((frame) => frame.scrollWidth - frame.clientWidth)).toBeLessThanOrEqual(0);
  });
}
