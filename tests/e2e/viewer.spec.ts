import { testIds } from '../../src/components/testIds';
import { ROUTES } from '../../src/constants';
import { APP, expect, expectRefused, test } from './fixtures';

test('a Viewer reads everything', async ({ page, lab, complaints }) => {
  for (const [route, shown] of [
    [ROUTES.overview, testIds.overview.needsYou],
    [ROUTES.timeline, testIds.timeline.row],
    [`${ROUTES.incidents}/${lab.day.open['did not help']?.incident}`, testIds.incident.waterfall],
  ]) {
    await page.goto(`${APP}/${route}`);
    await expect(page.getByTestId(shown ?? '').first()).toBeVisible();
  }
  expect(complaints).toEqual([]);
});

test('a Viewer changes nothing, on the page and on the server', async ({ page, lab }) => {
  await page.goto(`${APP}/${ROUTES.issues}`);
  const button = page.getByTestId(testIds.actions.acknowledge).first();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.focus();
  await expect(page.getByText('This needs the role Editor; you are Viewer.')).toBeVisible();
  await expectRefused(page, lab, ['acknowledge', 'silence', 'comment', 'approve', 'remediate', 'pause', 'policy']);
});
