import { ROUTES } from '../../src/constants';
import { testIds } from '../../src/components/testIds';
import { APP, expect, test } from './fixtures';

/** What of the recorded day must stand on each page. */
const PAGES = Object.values(ROUTES).filter((route) => route !== ROUTES.incidents);

for (const route of PAGES) {
  test(`page ${route} opens and is filled`, async ({ page, lab }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${APP}/${route}`);
    await expect(page.getByTestId(testIds.page.status)).toContainText(String(lab.day.containers));
    await expect(page.getByTestId(testIds.state.loading)).toHaveCount(0);
    await expect(page.getByTestId(testIds.state.failed)).toHaveCount(0);
    await expect(page.getByTestId(testIds.page.footer)).toContainText('HemoStat');
    expect(errors).toEqual([]);
  });
}

test('the address of the app itself leads to the overview', async ({ page, lab: _ }) => {
  await page.goto(APP);
  await expect(page).toHaveURL(/\/overview/);
});

test('an incident tells its story, and time range and refresh are in the URL', async ({ page, lab }) => {
  const [open] = Object.values(lab.day.open);
  await page.goto(`${APP}/incidents/${open?.incident}?from=now-24h&to=now`);
  await expect(page.getByText(open?.container ?? 'none').first()).toBeVisible();
  await expect(page).toHaveURL(/from=now-24h/);
});

test('an Editor’s mark on an incident is recorded with the signed-in user', async ({ page, lab }) => {
  const target = Object.values(lab.day.open)[0];
  const answer = await page.request.post(`/api/datasources/uid/${lab.sourceUid}/resources/actions/acknowledge`, { data: { incident: target?.incident, reason: 'e2e' } });
  expect(answer.status()).toBe(200);
  await expect(async () => {
    const detail = await page.request.get(`/api/datasources/uid/${lab.sourceUid}/resources/incidents/detail?id=${target?.incident}`);
    expect(((await detail.json()) as { incident: { fields: Record<string, string> } }).incident.fields.acknowledged_by).toBe('admin');
  }).toPass();
});
