import { testIds } from '../../src/components/testIds';
import { APP, expect, test } from './fixtures';

test('a Viewer reads everything and changes nothing', async ({ page, lab }) => {
  await page.goto(`${APP}/issues`);
  await expect(page.getByTestId(testIds.page.status)).toContainText(String(lab.day.containers));
  const target = Object.values(lab.day.open)[0];
  for (const action of ['acknowledge', 'silence', 'approve', 'pause']) {
    const answer = await page.request.post(`/api/datasources/uid/${lab.sourceUid}/resources/actions/${action}`, { data: { incident: target?.incident, minutes: 5, digest: target?.digest } });
    expect([action, answer.status()]).toEqual([action, 403]);
  }
});
