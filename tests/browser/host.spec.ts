import { testAlert } from '../support/events';
import { expect, test } from './fixtures';

const APP = '/a/hemostat-monitor-app';
const RESOURCES = '/api/datasources/uid/hemostat-events/resources';

test('says that it is not Grafana, and leads from page to page', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(new RegExp(`${APP}/overview`));
  await expect(page.getByRole('note')).toContainText('this is not Grafana');
  const navigation = page.getByRole('navigation', { name: 'Navigation' });
  await navigation.getByRole('link', { name: 'Policy' }).click();
  await expect(page).toHaveURL(new RegExp(`${APP}/policy`));
  await expect(page.getByRole('heading', { name: 'Policy', level: 1 })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'Policy' })).toHaveAttribute('aria-current', 'page');
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
});

test('changes theme and time zone, and keeps them', async ({ page }) => {
  await page.goto(`${APP}/policy`);
  await expect(page.locator('body')).toHaveClass(/theme-dark/);
  await page.getByRole('button', { name: 'Light theme' }).click();
  await expect(page.locator('body')).toHaveClass(/theme-light/);
  await page.getByRole('combobox', { name: 'Time zone' }).click();
  await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
  await expect.poll(async () => page.evaluate(() => (window as unknown as { grafanaBootData: { user: { timezone: string } } }).grafanaBootData.user.timezone)).toBe('Asia/Tokyo');
  await page.goto(`${APP}/overview`);
  await expect(page.locator('body')).toHaveClass(/theme-light/);
});

test('gives the server the role that was chosen, which decides by it', async ({ page, context, stage, baseURL }) => {
  const pause = async () => context.request.post(`${RESOURCES}/actions/pause`, { data: { reason: 'browser test' }, headers: { origin: String(baseURL) } });
  await page.goto(`${APP}/policy`);
  await page.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Viewer' }).click();
  await expect.poll(async () => (await context.cookies()).find(({ name }) => name === 'hemostat_preview_role')?.value).toBe('Viewer');
  await expect(page.getByText('Viewer', { exact: true })).toBeVisible();
  const refused = await pause();
  expect(refused.status()).toBe(403);
  await context.addCookies([{ name: 'hemostat_preview_role', value: 'Admin', url: stage.url }]);
  const taken = await pause();
  expect(await taken.json()).toMatchObject({ command: 'pause' });
});

test('tells what is appended as it happens', async ({ page, stage }) => {
  await page.goto(`${APP}/policy`);
  await page.evaluate(() => {
    const scope = window as unknown as { heard: string[] };
    scope.heard = [];
    const source = new EventSource('/api/live/ds/hemostat-events/events');
    source.addEventListener('schema', () => scope.heard.push('schema'));
    source.addEventListener('frame', ({ data }) => scope.heard.push(String(data)));
  });
  const heard = async () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.join('\n'));
  await expect.poll(heard).toContain('schema');
  // What is appended before the server follows the log is not told; by then it does.
  await expect(async () => {
    await stage.log.append([testAlert('live-1')]);
    expect(await heard()).toContain('live-1');
  }).toPass();
});

test('answers nobody else', async ({ page, context, stage }) => {
  await page.goto(`${APP}/policy`);
  const forged = await context.request.post(`${RESOURCES}/actions/pause`, { data: {}, headers: { origin: 'https://elsewhere.example' } });
  expect(forged.status()).toBe(403);
  const renamed = await context.request.get('/', { headers: { host: 'elsewhere.example' } });
  expect(renamed.status()).toBe(403);
  const outside = await context.request.get('/public/plugins/hemostat-monitor-app/..%2f..%2fpackage.json');
  expect(outside.status()).toBe(404);
  const unknown = await context.request.get('/api/org/users');
  expect(unknown.status()).toBe(404);
  expect(stage.unanswered).toContain('GET /api/org/users');
});

test('keeps what an Admin sets for the app, and refuses it to others', async ({ context, stage, as }) => {
  const settings = '/api/plugins/hemostat-monitor-app/settings';
  const save = async () => context.request.post(settings, { data: { enabled: true, pinned: true, jsonData: { recentMinutes: 7 } } });
  await as({ role: 'Editor' });
  expect((await save()).status()).toBe(403);
  await as({ role: 'Admin' });
  expect((await save()).status()).toBe(200);
  expect(await (await context.request.get(settings)).json()).toMatchObject({ id: 'hemostat-monitor-app', jsonData: { recentMinutes: 7 } });
  await context.request.post(settings, { data: { jsonData: {} } });
  expect(stage.unanswered).not.toContain(`GET ${settings}`);
});
