import { testIds as pageIds } from '../../src/components/testIds';
import { testIds } from '../../src/datasource/components/test-ids';
import { expect, SOURCE_TYPE, test } from './fixtures';

/** Address of Explore with one query of the last day. */
function exploring(uid: string, query: object): string {
  const panes = { a: { datasource: uid, queries: [{ refId: 'A', datasource: { uid, type: SOURCE_TYPE }, ...query }], range: { from: 'now-24h', to: 'now' } } };
  return `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
}

test.describe('configuration editor', () => {
  test('a Redis that answers is saved, with what stands behind it', async ({ createDataSourceConfigPage, page, lab }) => {
    const config = await createDataSourceConfigPage({ type: SOURCE_TYPE });
    await page.getByTestId(testIds.configEditor.field('address')).fill(lab.address);
    await expect(config.saveAndTest()).toBeOK();
    await expect(config).toHaveAlert('success');
  });

  test('a Redis that does not answer is named', async ({ createDataSourceConfigPage, page }) => {
    const config = await createDataSourceConfigPage({ type: SOURCE_TYPE });
    await page.getByTestId(testIds.configEditor.field('address')).fill('127.0.0.1:1');
    await expect(config.saveAndTest()).not.toBeOK();
    await expect(config).toHaveAlert('error', { hasText: '127.0.0.1:1' });
  });
});

test.describe('Explore', () => {
  test('shows events as log lines, with their volume', async ({ explorePage, page, lab }) => {
    await explorePage.goto();
    await explorePage.datasource.set(lab.sourceName);
    await expect(page.getByTestId(testIds.queryEditor.type)).toHaveValue('Events');
    const answered = page.waitForResponse((response) => response.url().includes('/api/ds/query'));
    await page.getByTestId('data-testid RefreshPicker run button').click();
    expect((await answered).status()).toBe(200);
    await expect(page.getByText(/\[ALERT\]/).first()).toBeVisible();
    await expect(page.getByText(/Logs volume/i).first()).toBeVisible();
  });

  test('leads from a row to the page of its incident', async ({ page, lab }) => {
    const waiting = lab.day.open['waiting for approval'];
    await page.goto(exploring(lab.sourceUid, { queryType: 'incidents', filters: { containers: [waiting?.key] } }));
    await page.getByRole('gridcell', { name: waiting?.incident }).getByText(waiting?.incident ?? 'none').click();
    // Explore keeps its own tab.
    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Incident', exact: true }).click();
    await expect((await opened).getByTestId(pageIds.incident.summary)).toContainText(waiting?.container ?? 'none');
  });

  test('draws an incident as a trace', async ({ page, lab }) => {
    const [open] = Object.values(lab.day.open);
    await page.goto(exploring(lab.sourceUid, { queryType: 'trace', target: open?.incident }));
    await expect(page.getByText(/detect/i).first()).toBeVisible();
    await expect(page.getByText(/Service & Operation/i).first()).toBeVisible();
  });
});

test('query editor: counts over time in a panel', async ({ panelEditPage, page, lab }) => {
  await panelEditPage.datasource.set(lab.sourceName);
  await panelEditPage.timeRange.set({ from: 'now-24h', to: 'now' });
  const row = panelEditPage.getQueryEditorRow('A');
  await row.getByTestId(testIds.queryEditor.type).click();
  await page.getByRole('option', { name: /^Event counts/ }).click();
  await expect(panelEditPage.refreshPanel()).toBeOK();
  await expect(panelEditPage.panel.getErrorIcon()).toHaveCount(0);
  await expect(panelEditPage.panel.locator.getByText('remediation_complete')).toBeVisible();
});

test('variables: containers of the log are offered', async ({ variableEditPage, page, lab }) => {
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(lab.sourceName);
  await expect(page.getByTestId(testIds.variableEditor.kind)).toBeVisible();
  await variableEditPage.runQuery();
  const [open] = Object.values(lab.day.open);
  await expect(variableEditPage).toDisplayPreviews([new RegExp(open?.container ?? 'none')]);
});

test('annotations: incidents and remediations', async ({ annotationEditPage, lab }) => {
  await annotationEditPage.datasource.set(lab.sourceName);
  await expect(annotationEditPage.runQuery()).toBeOK();
});

test('alert rule: a rule on counts evaluates', async ({ alertRuleEditPage, page, lab }) => {
  const query = await alertRuleEditPage.getQueryRow();
  await query.datasource.set(lab.sourceName);
  await expect(query.locator.getByTestId(testIds.queryEditor.type)).toHaveValue('Event counts');
  await expect(page.getByText('Plugin not found')).toHaveCount(0);
  await expect(alertRuleEditPage.evaluate()).toBeOK();
});
