import path from 'node:path';
import { pagePath, ROUTES, incidentPath, type Route } from '../../src/constants';
import { expect, test, type Page, type Stage } from './fixtures';

const FOLDER = path.join(__dirname, '../../dist/img/screenshots');
const THEMES = ['dark', 'light'] as const;

/** Every page, with an address that shows something. */
function pages(stage: Stage): Array<[string, string]> {
  const story = stage.day.open['waiting for approval']?.incident ?? '';
  return (Object.keys(ROUTES) as Route[]).map((route) => [route, route === 'incidents' ? incidentPath(story) : pagePath(route)]);
}

/** Nothing more is loaded. The pages ask again every few seconds, so that the network is never idle for good. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[data-testid="Spinner"], [aria-label="Panel loading bar"]')).toHaveCount(0);
  await page.evaluate(async () => document.fonts.ready);
  await page.waitForLoadState('networkidle');
}

for (const theme of THEMES) {
  test(`every page in ${theme}`, async ({ page, stage, as }) => {
    await as({ theme, role: 'Admin', zone: 'utc' });
    for (const [name, address] of pages(stage)) {
      await page.goto(address);
      await settled(page);
      await page.screenshot({ path: path.join(FOLDER, `${name}-${theme}.png`) });
    }
  });

  test(`every page in ${theme} on a phone`, async ({ page, stage, as }, testInfo) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await as({ theme, role: 'Admin', zone: 'utc' });
    for (const [name, address] of pages(stage)) {
      await page.goto(address);
      await settled(page);
      await page.screenshot({ path: testInfo.outputPath(`${name}-${theme}-390.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${name} is wider than the screen`).toBeLessThanOrEqual(390);
    }
  });
}
