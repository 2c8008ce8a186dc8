import { testIds } from '../../src/components/testIds';
import { ROUTES } from '../../src/constants';
import { APP, expect, expectRefused, ordersIn, test } from './fixtures';

test('an Editor marks from the page, under their own name', async ({ page, lab, user }) => {
  const target = lab.day.open['did not help'];
  await page.goto(`${APP}/${ROUTES.issues}?q=${target?.container}`);
  await page.getByTestId(testIds.actions.acknowledge).click();
  await expect(page.getByTestId(testIds.issues.row)).toContainText(`Acknowledged by ${user?.user}`);
  await page.getByTestId(testIds.actions.silence).click();
  await page.getByRole('dialog').getByRole('button', { name: '1 h', exact: true }).click();
  await expect(page.getByTestId(testIds.issues.row)).toContainText(`Silenced by ${user?.user}`);
  expect(await ordersIn(lab)).toContainEqual(expect.objectContaining({ command: 'silence', user: user?.user }));
});

test('an Editor decides and changes nothing, on the page and on the server', async ({ page, lab }) => {
  const waiting = lab.day.open['waiting for approval'];
  await page.goto(`${APP}/${ROUTES.issues}?q=${waiting?.container}`);
  const approve = page.getByTestId(testIds.actions.decide);
  await expect(approve).toHaveAttribute('aria-disabled', 'true');
  await approve.focus();
  await expect(page.getByText('This needs the role Admin; you are Editor.')).toBeVisible();
  await expectRefused(page, lab, ['approve', 'reject', 'remediate', 'pause', 'resume', 'policy']);
});
