import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Page } from './fixtures';

const LIST = '/a/hemostat-monitor-app/containers?from=now-24h&to=now';
const detailOf = (key: string) => `/a/hemostat-monitor-app/containers?container=${encodeURIComponent(key)}&from=now-24h&to=now`;
const rows = (page: Page) => page.getByTestId(testIds.containers.row);

async function seriousFindings(page: Page): Promise<string[]> {
  // The legend of Grafana's own charts names its buttons otherwise than it shows them.
  const builder = new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).exclude('button[class$="LegendLabel"]');
  const { violations } = await builder.analyze();
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(' ')}`);
}
/** Pixels by which the page's own content is wider than the window. */
const overflow = async (page: Page) => page.getByTestId(testIds.page.frame).evaluate((frame) => Math.max(frame.scrollWidth - frame.clientWidth, Math.round(frame.getBoundingClientRect().right) - window.innerWidth));

test('R044 to R051: lists the whole fleet, filters and sorts in the address, and outlives a reload', async ({ page, stage }) => {
  await page.goto(LIST);
  await expect(page.getByTestId(testIds.containers.count)).toContainText(`${stage.day.containers} of ${stage.day.containers} containers`);
  await expect(rows(page)).toHaveCount(stage.day.containers);
  await page.getByRole('textbox', { name: 'Name, image, project or host' }).fill('queue');
  await expect(page).toHaveURL(/q=queue/);
  await page.getByRole('button', { name: 'CPU', exact: true }).click();
  await expect(page).toHaveURL(/sort=cpu/);
  const count = await rows(page).count();
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(stage.day.containers);
  await page.reload();
  await expect(rows(page)).toHaveCount(count);
  await expect(page.getByRole('columnheader', { name: 'CPU' })).toHaveAttribute('aria-sort', 'descending');
});

test('one container: charts, story, policy with origins; links lead to its incident', async ({ page, stage }) => {
  const waiting = Object.values(stage.day.open).find(({ digest }) => digest !== '');
  if (!waiting) {
    throw new Error('The recorded day has no incident that waits for approval.');
  }
  await page.goto(detailOf(waiting.key));
  const detail = page.getByTestId(testIds.containers.detail);
  await expect(detail.getByRole('heading', { name: waiting.container, level: 2 })).toBeVisible();
  await expect(detail.locator('canvas')).toHaveCount(4);
  await expect(detail.getByRole('rowheader', { name: 'Mode' })).toBeVisible();
  await detail.getByRole('link', { name: /^Incident:/ }).click();
  await expect(page).toHaveURL(new RegExp(`/incidents/${waiting.incident}`));
});

test('an editor begins maintenance of a container', async ({ page, as, stage }) => {
  await as({ role: 'Editor' });
  const { key } = Object.values(stage.day.open)[0] ?? { key: '' };
  await page.goto(detailOf(key));
  const sent = page.waitForResponse((response) => response.url().endsWith('/actions/maintenance'));
  await page.getByTestId(testIds.maintenance.begin).click();
  await page.getByTestId(testIds.actions.confirm).click();
  expect(await (await sent).json()).toMatchObject({ command: 'maintenance', covers: 1 });
  await expect(page.getByTestId(testIds.actions.confirm)).toHaveCount(0);
});

test.describe('a container that nobody knows', () => {
  // The browser itself notes every answer of 404.
  test.use({ expectedConsole: [/404 \(Not Found\)/] });

  test('is said to be unknown', async ({ page }) => {
    await page.goto(detailOf('nowhere/nobody'));
    await expect(page.getByTestId(testIds.state.empty)).toContainText('nowhere/nobody');
  });
});

for (const theme of ['dark', 'light'] as const) {
  test(`list and detail are fit for everybody, ${theme}, also on a phone`, async ({ page, as, stage }) => {
    await as({ theme });
    const { key } = Object.values(stage.day.open)[0] ?? { key: '' };
    for (const address of [LIST, detailOf(key)]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(address);
      await expect(page.getByTestId(testIds.containers.table).or(page.getByTestId(testIds.containers.detail))).toBeVisible();
      expect(await seriousFindings(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect.poll(async () => overflow(page)).toBeLessThanOrEqual(0);
    }
  });
}
