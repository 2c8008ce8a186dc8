import { testIds } from '../../src/components/testIds';
import { ROUTES } from '../../src/constants';
import { APP, expect, PLUGIN, test } from './fixtures';

/** What of the recorded day must stand on each page. */
const SHOWN: Record<string, string> = {
  [ROUTES.overview]: testIds.overview.needsYou,
  [ROUTES.issues]: testIds.issues.row,
  [ROUTES.history]: testIds.history.row,
  [ROUTES.timeline]: testIds.timeline.row,
  [ROUTES.containers]: testIds.containers.row,
  [ROUTES.insights]: testIds.insights.insight,
  [ROUTES.system]: testIds.system.component,
  [ROUTES.agents]: testIds.agents.traceRow,
  [ROUTES.policy]: testIds.policy.form,
  [ROUTES.configuration]: testIds.configuration.form,
};

for (const [route, shown] of Object.entries(SHOWN)) {
  test(`page ${route} opens and is filled`, async ({ page, lab, complaints }) => {
    await page.goto(`${APP}/${route}`);
    await expect(page.getByTestId(testIds.page.status)).toContainText(`of ${lab.day.containers} containers ill`);
    await expect(page.getByTestId(shown).first()).toBeVisible();
    await expect(page.getByTestId(testIds.state.failed)).toHaveCount(0);
    await expect(page.getByTestId(testIds.page.footer)).toContainText('HemoStat');
    expect(complaints).toEqual([]);
  });
}

test('addresses without a page lead to one', async ({ page }) => {
  for (const [address, route] of [
    [APP, ROUTES.overview],
    [`${APP}/nothing`, ROUTES.overview],
    [`${APP}/${ROUTES.incidents}`, ROUTES.issues],
  ] as const) {
    await page.goto(address);
    await expect(page).toHaveURL(new RegExp(`/${route}`));
  }
});

test('an incident tells its story, its time range is in the URL, and it leads to Explore', async ({ page, lab, complaints }) => {
  const waiting = lab.day.open['waiting for approval'];
  await page.goto(`${APP}/${ROUTES.incidents}/${waiting?.incident}?from=now-24h&to=now`);
  await expect(page.getByTestId(testIds.incident.summary)).toContainText(waiting?.container ?? 'none');
  await expect(page.getByTestId(testIds.incident.waterfall)).toContainText('detect');
  await expect(page).toHaveURL(/from=now-24h/);
  expect(complaints).toEqual([]);
  await page.getByRole('link', { name: /^Trace/ }).click();
  await expect(page).toHaveURL(/\/explore/);
  await expect(page.getByText(/Service & Operation/i).first()).toBeVisible();
});

test('what the Configuration page saves holds for every page', async ({ page, lab }) => {
  await page.goto(`${APP}/${ROUTES.configuration}`);
  await page.getByTestId(testIds.configuration.test).click();
  await expect(page.getByTestId(testIds.configuration.result)).toContainText('It works');
  await page.getByRole('combobox', { name: /^Refresh/ }).click();
  await page.getByRole('option', { name: '30s', exact: true }).click();
  const answered = page.waitForResponse((response) => response.url().endsWith('/settings') && response.request().method() === 'POST');
  const loadedAnew = page.waitForEvent('load');
  await page.getByTestId(testIds.configuration.save).click();
  expect((await answered).status()).toBe(200);
  await loadedAnew;
  await page.goto(`${APP}/${ROUTES.overview}`);
  await expect(page.getByRole('button', { name: /interval 30 seconds/ })).toBeVisible();
  await lab.restoreSettings();
});

test('the plugin’s own page holds the settings, and Grafana has the README', async ({ page, gotoAppConfigPage }) => {
  await gotoAppConfigPage({ pluginId: PLUGIN });
  await page.getByRole('tab', { name: 'Settings' }).click();
  await expect(page.getByTestId(testIds.configuration.form)).toBeVisible();
  // Without the internet Grafana's catalogue shows no plugin's README, not even one that it has.
  expect(await (await page.request.get(`/api/plugins/${PLUGIN}/markdown/README`)).text()).toContain('# HemoStat for Grafana');
});
