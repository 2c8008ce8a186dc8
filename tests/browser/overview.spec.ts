import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test } from './fixtures';

const OVERVIEW = '/a/hemostat-monitor-app/overview';

test('a person who opens it sees what is ill, why, and what waits for them', async ({ page, stage }) => {
  await page.goto(OVERVIEW);
  const waiting = stage.day.open['waiting for approval'];
  const needsYou = page.getByRole('region', { name: 'Needs you' });
  await expect(needsYou.getByRole('listitem').first()).toContainText(String(waiting?.container));
  await expect(needsYou.getByRole('listitem').first()).toContainText('An Admin may approve restart');
  await expect(page.getByTestId(testIds.overview.cards).getByRole('listitem')).toHaveCount(4);
  await expect(page.getByTestId(testIds.overview.cells).getByRole('link')).toHaveCount(stage.day.containers);
  await expect(page.getByRole('region', { name: 'System health' })).toContainText(/\d+(\.\d)? of 100/);
  await expect(page.getByRole('region', { name: 'Just healed' }).getByRole('listitem').first()).toContainText(/helped|being checked/);
});

test('an approval is two clicks away, and shows the exact action', async ({ page }) => {
  await page.goto(OVERVIEW);
  await page.getByTestId(testIds.actions.decide).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('restart');
  await expect(dialog.getByTestId(testIds.actions.confirm)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('the fleet as rows stays rows after a reload, and a row leads to its container', async ({ page }) => {
  await page.goto(OVERVIEW);
  await page.getByRole('region', { name: 'Fleet' }).getByRole('radio', { name: 'Rows' }).check();
  await expect(page).toHaveURL(/fleet=rows/);
  await page.reload();
  const rows = page.getByTestId(testIds.overview.rows).locator('tbody tr');
  await expect(rows.first()).toHaveAttribute('data-condition', 'waiting');
  await rows.first().getByRole('link').click();
  await expect(page).toHaveURL(/\/containers\?.*container=/);
});

test('cells are reached by keyboard: one stop, then arrows, then Enter', async ({ page }) => {
  await page.goto(OVERVIEW);
  const cells = page.getByTestId(testIds.overview.cells).getByRole('link');
  await cells.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(cells.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/containers\?.*container=/);
});

test('a Viewer may look, and is told why nothing can be pressed', async ({ page, as }) => {
  await as({ role: 'Viewer' });
  await page.goto(OVERVIEW);
  const approve = page.getByTestId(testIds.actions.decide).first();
  await expect(approve).toHaveAttribute('aria-disabled', 'true');
  await approve.focus();
  await expect(page.getByText('This needs the role Admin; you are Viewer.')).toBeVisible();
});

for (const theme of ['dark', 'light'] as const) {
  for (const width of [1280, 390]) {
    test(`has no serious fault for assistive technology, and fits: ${theme}, ${width} wide`, async ({ page, as }) => {
      await as({ theme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${OVERVIEW}?fleet=rows&score=open`);
      await expect(page.getByTestId(testIds.overview.rows)).toBeVisible();
      await expect(page.getByRole('region', { name: 'Just healed' })).toBeVisible();
      const frame = page.getByTestId(testIds.page.frame);
      expect(await frame.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
      const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    });
  }
}
