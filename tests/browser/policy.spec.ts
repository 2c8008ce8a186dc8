import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Page } from './fixtures';

const POLICY = '/a/hemostat-monitor-app/policy';
const form = (page: Page) => page.getByTestId(testIds.policy.form);

test('redraws what a change would have meant as one edits, and links to incidents', async ({ page }) => {
  await page.goto(POLICY);
  const whatIf = page.getByTestId(testIds.policy.whatIf);
  await expect(whatIf.getByRole('status')).toContainText(/[1-9]\d* actions as now · 0 would vanish/);
  await form(page).getByRole('radio', { name: /Observe/ }).check();
  await expect(whatIf.getByRole('status')).toContainText(/actions as now · [1-9]\d* would vanish/);
  await whatIf.getByRole('listitem').first().getByRole('link').click();
  await expect(page).toHaveURL(/\/incidents\//);
});

test('saves with a reason, after showing what changes', async ({ page, stage }) => {
  await page.goto(POLICY);
  await form(page).getByLabel('Cooldown', { exact: true }).fill('900');
  await page.getByTestId(testIds.policy.save).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('defaults.cooldown_seconds');
  await dialog.getByLabel('Why').fill('browser test');
  const sent = page.waitForResponse((response) => response.url().endsWith('/actions/policy'));
  await dialog.getByTestId(testIds.actions.confirm).click();
  expect(await (await sent).json()).toMatchObject({ command: 'policy' });
  await expect(page.getByText(/Sent: the responder checks it/)).toBeVisible();
  const entries = (await stage.log.redis.xrevrange(stage.log.partition(0).log, '+', '-', 'COUNT', 50)) as unknown;
  expect(JSON.stringify(entries)).toContain('browser test');
});

test('names what cannot be used, as form and as text', async ({ page }) => {
  await page.goto(`${POLICY}?view=raw`);
  const raw = page.getByTestId(testIds.policy.raw);
  await expect(raw).toHaveValue(/defaults:/);
  await raw.fill('defaults: { mode: sleep }');
  await expect(page.getByTestId(testIds.policy.problem)).toContainText('defaults.mode');
  await expect(page.getByTestId(testIds.policy.save)).toHaveAttribute('aria-disabled', 'true');
});

test('shows versions with who, when, why, and what each changed', async ({ page }) => {
  await page.goto(POLICY);
  const versions = page.getByTestId(testIds.policy.versions);
  await versions.getByRole('button', { name: 'Changes' }).first().click();
  await expect(versions.locator('ins, del').first()).toBeVisible();
  await expect(page).toHaveURL(/version=/);
});

test('a viewer reads it, and is told why nothing can be changed', async ({ page, as }) => {
  await as({ role: 'Viewer' });
  await page.goto(POLICY);
  await expect(form(page).getByLabel('Cooldown', { exact: true })).toBeDisabled();
  await expect(page.getByText(/You can read this, but not change it/)).toContainText('you are Viewer');
});

test('healing is paused from any page within two clicks', async ({ page }) => {
  await page.goto('/a/hemostat-monitor-app/timeline');
  const sent = page.waitForResponse((response) => response.url().endsWith('/actions/pause'));
  await page.getByTestId(testIds.pause.button).click();
  await page.getByTestId(testIds.actions.confirm).click();
  expect(await (await sent).json()).toMatchObject({ command: 'pause' });
});

for (const theme of ['dark', 'light'] as const) {
  test(`is fit for everybody, ${theme}, also on a phone`, async ({ page, as }) => {
    await as({ theme });
    await page.goto(POLICY);
    await expect(form(page)).toBeVisible();
    await expect(page.getByTestId(testIds.policy.whatIf).getByRole('status')).toContainText('actions as now');
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(' ')}`)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(async () => page.getByTestId(testIds.page.frame).evaluate((frame) => Math.max(frame.scrollWidth - frame.clientWidth, Math.round(frame.getBoundingClientRect().right) - window.innerWidth))).toBeLessThanOrEqual(0);
  });
}
