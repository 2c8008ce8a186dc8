import AxeBuilder from '@axe-core/playwright';
import { listIncidents } from '../../agents/runtime/queries';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Stage } from './fixtures';

const INCIDENTS = '/a/hemostat-monitor-app/incidents';

/** One that a model judged and an action healed, the latest: its readings are still kept. */
async function healed({ log }: Stage): Promise<string> {
  const all = await listIncidents(log, { all: true, limit: 500 });
  const found = all.find(({ state, fields }) => state === 'resolved' && fields.verdict === 'helped' && fields.method === 'ai');
  expect(found, 'The recorded day holds an incident that a model judged and an action healed.').toBeDefined();
  return found?.id ?? '';
}

test('tells the whole story: waterfall, steps, before and after, guards, model, saved logs', async ({ page, stage }) => {
  await page.goto(`${INCIDENTS}/${await healed(stage)}`);
  await expect(page.getByTestId(testIds.incident.summary)).toContainText('It helped');
  const waterfall = page.getByTestId(testIds.incident.waterfall);
  for (const step of ['detect', 'analyse', 'guards', 'act restart', 'verify']) {
    await expect(waterfall).toContainText(step);
  }
  await expect(waterfall).not.toContainText('guard cooldown');
  await page.getByText('Every guard').click();
  await expect(waterfall).toContainText('guard cooldown');
  await expect(page.getByTestId(testIds.incident.effect)).toContainText('CPU');
  await expect(page.getByTestId(testIds.incident.models)).toContainText('$');
  await expect(page.getByTestId(testIds.incident.forensics)).toContainText('Inspect');
});

test('draws the readings around the action', async ({ page, stage }) => {
  await page.goto(`${INCIDENTS}/${await healed(stage)}`);
  await expect(page.getByRole('img', { name: /^CPU: \d.* before, \d.* after$/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Healthy/ })).toBeVisible();
});

test('takes a comment', async ({ page, stage }) => {
  await page.goto(`${INCIDENTS}/${await healed(stage)}`);
  await page.getByTestId(testIds.actions.comment).fill('Looks like the deploy <script>alert(1)</script>');
  await page.getByTestId(testIds.actions.commentSend).click();
  await expect(page.getByTestId(testIds.incident.comments).getByRole('list')).toContainText('Looks like the deploy <script>');
});

test('opens at the waterfall where there is no Explore', async ({ page, stage }) => {
  await page.goto(`${INCIDENTS}/${await healed(stage)}`);
  await page.getByRole('link', { name: 'Trace', exact: true }).click();
  await expect(page).toHaveURL(/view=trace/);
  await expect(page.getByTestId(testIds.incident.waterfall)).toBeInViewport();
});

test.describe('an unknown incident', () => {
  test.use({ expectedConsole: [/404/] });
  test('says so, and where to go', async ({ page }) => {
    await page.goto(`${INCIDENTS}/0123`);
    await expect(page.getByTestId(testIds.state.empty)).toContainText('There is no incident 0123');
    await page.getByTestId(testIds.state.empty).getByRole('link', { name: 'Active issues' }).click();
    await expect(page.getByTestId(testIds.issues.row).first()).toBeVisible();
  });
});

for (const theme of ['dark', 'light'] as const) {
  test(`has no serious finding of axe, and fits a phone (${theme})`, async ({ page, stage, as }) => {
    await as({ theme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${INCIDENTS}/${await healed(stage)}`);
    await expect(page.getByTestId(testIds.incident.waterfall)).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(await page.getByTestId(testIds.page.frame).evaluate((frame) => frame.scrollWidth - frame.clientWidth)).toBeLessThanOrEqual(0);
  });
}
