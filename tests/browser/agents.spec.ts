import AxeBuilder from '@axe-core/playwright';
import { testIds } from '../../src/components/testIds';
import { expect, test, type Page } from './fixtures';

const AGENTS = '/a/hemostat-monitor-app/agents';
const DAY = `${AGENTS}?from=now-24h&to=now`;
const alerts = (page: Page) => page.getByTestId(testIds.agents.alert);

test('R341 to R435: says how the agents are, with cards in their order, charts, errors, logs', async ({ page }) => {
  await page.goto(AGENTS);
  await expect(page.getByTestId(testIds.agents.health)).toContainText(/The agents (are|work).*, score \d+/);
  const cards = page.getByTestId(testIds.agents.cards).getByRole('listitem');
  await expect(cards).toHaveText([/System Health.*\/ 100/, /Avg Latency.*ms.*(up|down|stable), [+-]?\d/, /Error Rate.*%/, /Throughput.*req\/s.*against the 60 min before/]);
  for (const title of ['Request Latency', 'Request Throughput', 'Errors Over Time', 'Token Usage']) {
    await expect(page.getByRole('heading', { name: title })).toBeAttached();
  }
  await expect(page.locator('canvas')).toHaveCount(4);
  const errors = page.getByTestId(testIds.agents.error);
  await expect(errors.first()).toContainText(/ConnectionError Alertmanager cannot be reached.*observer.*9/);
  // What others have written is text.
  await expect(page.getByTestId(testIds.agents.log).filter({ hasText: '<img src=x onerror=' })).toHaveCount(1);
  await page.goto(`${AGENTS}?from=now-7d&to=now`);
  await expect(page.getByText('The last 24 hours are shown: what the agents do is told for so long at most.')).toBeVisible();
});

test('R457 to R464: alerts by severity, with details; an Editor acknowledges with a comment, silences and resolves', async ({ page, as }) => {
  await as({ role: 'Editor' });
  await page.goto(AGENTS);
  await expect(page.getByRole('heading', { level: 3, name: /^(critical|error|warning|info) \d$/ })).toHaveText(['critical 2', 'error 1', 'warning 2', 'info 1']);
  const down = alerts(page).filter({ hasText: 'alertmanager is down' });
  await down.getByRole('button', { name: 'Acknowledge …' }).click();
  await page.getByRole('textbox', { name: /Comment/ }).fill('It is being moved.');
  await page.getByTestId(testIds.actions.confirm).click();
  await expect(down).toContainText('acknowledgedby preview-editor');
  await down.getByRole('button', { name: 'Details', exact: true }).click();
  await expect(page.getByTestId(testIds.agents.alertDetails)).toContainText('It is being moved.');
  await page.reload();
  await expect(page.getByTestId(testIds.agents.alertDetails)).toContainText('It is being moved.');
  await down.getByRole('button', { name: 'Silence …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '1 h', exact: true }).click();
  await expect(down).toContainText(/silenced.*ends in/);
  const testing = alerts(page).filter({ hasText: 'Circuit Breaker Testing' });
  await testing.getByRole('button', { name: 'Acknowledge …' }).click();
  await page.getByTestId(testIds.actions.confirm).click();
  await testing.getByRole('button', { name: 'Resolve …' }).click();
  await page.getByTestId(testIds.actions.confirm).click();
  await expect(testing).toHaveCount(0);
  await page.getByRole('link', { name: 'Its history in the timeline' }).click();
  await expect(page).toHaveURL(/timeline\?.*type=agent_alert/);
  await expect(page.getByTestId(testIds.timeline.row).first()).toContainText('alert "alertmanager is down" (error) fires');
});

test('offers a Viewer nothing that it may not do', async ({ page, as }) => {
  await as({ role: 'Viewer' });
  await page.goto(`${AGENTS}?rules=open`);
  const button = alerts(page).first().getByRole('button', { name: /…$/ }).first();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.focus();
  await expect(page.getByText('This needs the role Editor; you are Viewer.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a rule …' })).toHaveAttribute('aria-disabled', 'true');
});

test('R372 R373: traces are filtered and opened by keys; one shows its model calls, tokens, cost, log lines and incident', async ({ page }) => {
  await page.goto(DAY);
  const rows = page.getByTestId(testIds.agents.traceRow);
  await expect(rows).toHaveCount(10);
  await page.getByRole('button', { name: 'Show 40 more' }).click();
  await expect(rows).toHaveCount(50);
  await page.getByRole('combobox', { name: 'Least length of traces' }).click();
  await page.getByRole('option', { name: '1 min and longer' }).click();
  await expect(page).toHaveURL(/min_ms=60000/);
  await expect(rows.first()).toContainText('detect illness');
  await page.getByRole('combobox', { name: 'Status of traces' }).click();
  await page.getByRole('option', { name: 'Only failed' }).click();
  await expect(page).toHaveURL(/trace_status=error/);
  await expect(rows.filter({ hasText: 'well' })).toHaveCount(0);
  const [first, second] = [rows.nth(0), rows.nth(1)].map((row) => row.getByRole('button', { name: /^Details of/ }));
  await first?.focus();
  await page.keyboard.press('j');
  await expect(second ?? rows).toBeFocused();
  await page.keyboard.press('Enter');
  const trace = page.getByTestId(testIds.agents.trace);
  await expect(trace.getByTestId(testIds.incident.waterfall)).toContainText('detect illness');
  await expect(trace.getByTestId(testIds.agents.log).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(trace).toHaveCount(0);
});

test('a trace with a model call tells what it cost, and leads to its incident', async ({ page, stage }) => {
  const { incident = '' } = stage.day.open['refused by cooldown'] ?? {};
  await page.goto(`${AGENTS}?trace=${incident}`);
  const trace = page.getByTestId(testIds.agents.trace);
  await expect(trace.getByTestId(testIds.agents.modelCalls)).toContainText(/Model calls: 1, [\d,]+ tokens in, 164 tokens out, \$0\.000\d+/);
  await trace.getByRole('button', { name: /^chat qwen3:8b/ }).click();
  await expect(trace).toContainText('gen_ai.usage.output_tokens');
  await trace.getByRole('link', { name: 'Open the incident' }).click();
  await expect(page).toHaveURL(new RegExp(`/incidents/${incident}`));
});

test('R370: log lines are filtered by level, agent and text, and opened', async ({ page }) => {
  await page.goto(DAY);
  const lines = page.getByTestId(testIds.agents.log);
  await page.getByRole('combobox', { name: 'Level of log lines' }).click();
  await page.getByRole('option', { name: 'error and above' }).click();
  await page.getByRole('combobox', { name: 'Agent of log lines' }).click();
  await page.getByRole('option', { name: 'observer' }).click();
  await expect(page).toHaveURL(/level=error.*agent=observer|agent=observer.*level=error/);
  await expect(lines).toHaveCount(9);
  await lines.first().getByRole('button').click();
  await expect(page.getByTestId(testIds.agents.logDetails)).toContainText('error_typeConnectionError');
  await page.getByRole('textbox', { name: 'Part of the message' }).fill('nothing like this');
  await expect(page.getByText('No log line in this time range fits the filters.')).toBeVisible();
});

test.describe('a rule that cannot be used', () => {
  // The browser itself notes every answer of 400.
  test.use({ expectedConsole: [/400 \(Bad Request\)/] });

  test('R440 R441 R449: an Admin changes a rule; what is wrong with one the server says', async ({ page }) => {
    await page.goto(`${AGENTS}?rules=open`);
    const rule = page.getByTestId(testIds.agents.rule).filter({ hasText: 'high_latency' });
    await expect(rule).toContainText(/latency > threshold.*2,000.*warning.*5 min.*on/);
    await rule.getByRole('button', { name: 'Change …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /Condition/ }).fill('latncy > threshold');
    await dialog.getByTestId(testIds.actions.confirm).click();
    await expect(dialog.getByText(/The rule cannot be used:.*latncy/)).toBeVisible();
    await dialog.getByRole('textbox', { name: /Condition/ }).fill('latency > threshold');
    await dialog.getByRole('textbox', { name: /Threshold/ }).fill('2500');
    const sent = page.waitForResponse((response) => response.url().endsWith('/dashboard/rules') && response.request().method() === 'POST');
    await dialog.getByTestId(testIds.actions.confirm).click();
    expect(await (await sent).json()).toMatchObject({ status: 'rule_set', rule: 'high_latency' });
    await expect(dialog).toBeHidden();
  });
});

for (const { theme, width } of [
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 390 },
  { theme: 'light', width: 390 },
] as const) {
  test(`is accessible and fits at ${width} pixels, ${theme}`, async ({ page, as, stage }, testInfo) => {
    const { incident = '' } = stage.day.open['refused by cooldown'] ?? {};
    await as({ theme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${AGENTS}?rules=open&trace=${incident}`);
    await expect(page.getByTestId(testIds.agents.modelCalls)).toBeVisible();
    await alerts(page).first().getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByTestId(testIds.agents.log).last().getByRole('button').click();
    await expect(page.locator('canvas')).toHaveCount(4);
    // The legend of Grafana's own charts names its buttons otherwise than it shows them.
    const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${testIds.page.frame}"]`).exclude('button[class$="LegendLabel"]').analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
    await page.screenshot({ path: testInfo.outputPath(`agents-${theme}-${width}.png`), fullPage: true });
    const frame = page.getByTestId(testIds.page.frame);
    expect(await frame.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}
