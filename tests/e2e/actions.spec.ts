import { testIds } from '../../src/components/testIds';
import { ROUTES } from '../../src/constants';
import { APP, expect, ordersIn, test } from './fixtures';

test('an Admin approves the very action that the page shows', async ({ page, lab }) => {
  const waiting = lab.day.open['waiting for approval'];
  await page.goto(`${APP}/${ROUTES.issues}?q=${waiting?.container}`);
  await page.getByTestId(testIds.actions.decide).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId(testIds.actions.plan)).toContainText(waiting?.digest.slice(0, 12) ?? 'none');
  await dialog.getByTestId(testIds.actions.confirm).click();
  await expect(page.getByText('The responder checks its guards again and then acts.')).toBeVisible();
  expect(await ordersIn(lab)).toContainEqual(expect.objectContaining({ command: 'approve', digest: waiting?.digest, user: 'admin' }));
});

test('an action other than the one that waits is refused', async ({ page, lab }) => {
  const waiting = lab.day.open['waiting for approval'];
  const answer = await page.request.post(`/api/datasources/uid/${lab.sourceUid}/resources/actions/approve`, { data: { incident: waiting?.incident, digest: 'f'.repeat(64) } });
  expect(answer.status()).toBe(409);
});

test('an Admin orders an action by hand', async ({ page, lab }) => {
  const failed = lab.day.open['did not help'];
  await page.goto(`${APP}/${ROUTES.issues}?q=${failed?.container}`);
  await page.getByTestId(testIds.actions.remediate).click();
  await page.getByRole('dialog').getByTestId(testIds.actions.confirm).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await ordersIn(lab)).toContainEqual(expect.objectContaining({ command: 'remediate', user: 'admin' }));
});

test('an Admin saves a policy with a reason', async ({ page, lab }) => {
  await page.goto(`${APP}/${ROUTES.policy}`);
  await page.getByTestId(testIds.policy.form).getByLabel('Cooldown', { exact: true }).fill('900');
  await page.getByTestId(testIds.policy.save).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('defaults.cooldown_seconds');
  await dialog.getByLabel('Why').fill('quieter nights');
  await dialog.getByTestId(testIds.actions.confirm).click();
  await expect(page.getByText(/Sent: the responder checks it/)).toBeVisible();
  expect(await ordersIn(lab)).toContainEqual(expect.objectContaining({ command: 'policy', user: 'admin', reason: 'quieter nights' }));
});
