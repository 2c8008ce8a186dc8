import { testIds } from '../../src/components/testIds';
import { APP, call, expect, SOURCE_TYPE, test, type Lab } from './fixtures';

/** A dashboard with the trace of one incident. */
async function dashboardOf(lab: Lab, uid: string, incident: string): Promise<void> {
  const datasource = { uid: lab.sourceUid, type: SOURCE_TYPE };
  const panel = { id: 1, type: 'table', title: 'Story', gridPos: { x: 0, y: 0, w: 24, h: 10 }, datasource, targets: [{ refId: 'A', datasource, queryType: 'trace', target: incident }] };
  await call(lab.admin, 'POST', '/api/dashboards/db', { dashboard: { uid, title: `HemoStat ${uid}`, schemaVersion: 41, time: { from: 'now-24h', to: 'now' }, panels: [panel] }, overwrite: true });
}

test('the menu of a panel leads to the incident that it shows', async ({ gotoDashboardPage, page, lab }) => {
  const uid = `hemostat-e2e-${process.pid}`;
  const waiting = lab.day.open['waiting for approval'];
  await dashboardOf(lab, uid, waiting?.incident ?? '');
  const dashboard = await gotoDashboardPage({ uid });
  const panel = dashboard.getPanelByTitle('Story');
  await expect(panel.locator.getByRole('gridcell').first()).toBeVisible();
  await panel.clickOnMenuItem('Open in HemoStat', { parentItem: 'Extensions' });
  await expect(page).toHaveURL(new RegExp(`${APP}/incidents/${waiting?.incident}`));
  await expect(page.getByTestId(testIds.incident.summary)).toContainText(waiting?.container ?? 'none');
  await call(lab.admin, 'DELETE', `/api/dashboards/uid/${uid}`);
});

interface Rules {
  data: { groups: Array<{ rules: Array<{ uid?: string; state: string }> }> };
}

/** A rule on our counts that fires at once, about one container. */
async function firingRule(lab: Lab, folder: string, labels: Record<string, string>): Promise<string> {
  await call(lab.admin, 'POST', '/api/folders', { uid: folder, title: folder });
  const range = { relativeTimeRange: { from: 86_400, to: 0 } };
  const { uid } = await call<{ uid: string }>(lab.admin, 'POST', '/api/v1/provisioning/alert-rules', {
    title: `HemoStat ${folder}`,
    folderUID: folder,
    ruleGroup: folder,
    orgID: 1,
    for: '0s',
    noDataState: 'Alerting',
    execErrState: 'Error',
    condition: 'C',
    labels,
    data: [
      { refId: 'A', datasourceUid: lab.sourceUid, ...range, model: { refId: 'A', queryType: 'frequency', filters: { types: ['health_alert'] } } },
      { refId: 'B', datasourceUid: '__expr__', ...range, model: { refId: 'B', type: 'reduce', reducer: 'sum', expression: 'A' } },
      { refId: 'C', datasourceUid: '__expr__', ...range, model: { refId: 'C', type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [0] } }] } },
    ],
  });
  await call(lab.admin, 'PUT', `/api/v1/provisioning/folder/${folder}/rule-groups/${folder}`, {
    ...(await call<object>(lab.admin, 'GET', `/api/v1/provisioning/folder/${folder}/rule-groups/${folder}`)),
    interval: 10,
  });
  await expect
    .poll(async () => (await call<Rules>(lab.admin, 'GET', `/api/prometheus/grafana/api/v1/rules?folder_uid=${folder}`)).data.groups.flatMap(({ rules }) => rules.map(({ state }) => state)), { timeout: 120_000 })
    .toEqual(['firing']);
  return uid;
}

test('an instance of a firing alert leads to its incident', async ({ page, lab }) => {
  const folder = `hemostat-e2e-${process.pid}`;
  const waiting = lab.day.open['waiting for approval'];
  try {
    const uid = await firingRule(lab, folder, { product: 'hemostat', incident_id: waiting?.incident ?? '' });
    await page.goto(`/alerting/grafana/${uid}/view?tab=instances`);
    await page.getByRole('button', { name: 'Actions' }).first().click();
    await page.getByRole('menuitem', { name: 'Why, in HemoStat' }).click();
    // Grafana asks before it leaves the page of the rule.
    await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByTestId(testIds.incident.summary)).toContainText(waiting?.container ?? 'none');
  } finally {
    await lab.admin.fetch(`/api/folders/${folder}?forceDeleteRules=true`, { method: 'DELETE' });
  }
});

test('the command palette opens the pages', async ({ page }) => {
  await page.getByRole('button', { name: /^Search/ }).click();
  await page.getByPlaceholder('Search or jump to...').fill('HemoStat');
  await expect(page.getByRole('option', { name: /HemoStat: event timeline/ })).toBeVisible();
  await page.getByRole('option', { name: /HemoStat: active issues/ }).click();
  await expect(page.getByTestId(testIds.issues.row).first()).toBeVisible();
});
