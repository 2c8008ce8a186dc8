import { toDataFrame } from '@grafana/data';
import { act, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { PageFrame } from '../../components/Page/PageFrame';
import { agentAnswer, incidentAnswer, statusAnswer } from '../../components/testing/answers';
import { refusal, type FakeAnswers } from '../../components/testing/fake-source';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import Overview from './Overview';

const NOW = Date.now();
/** And a bit, since the clock of pages goes in steps. */
const THREE_HOURS = 3 * 3_600_000 + 60_000;

const containerFrame = () =>
  toDataFrame({
    fields: [
      { name: 'container', values: ['host-1/web-1', 'host-1/web-2', 'host-1/batch'] },
      { name: 'name', values: ['web-1', 'web-2', 'batch'] },
      { name: 'host', values: ['host-1', 'host-1', 'host-1'] },
      { name: 'project', values: ['shop', 'shop', ''] },
      { name: 'status', values: ['running', 'running', 'exited'] },
      { name: 'health', values: ['healthy', 'unhealthy', 'unknown'] },
      { name: 'ill', values: [false, true, false] },
      { name: 'incident', values: ['', 'web-2', ''] },
      { name: 'cpu', values: [12, 97, null] },
      { name: 'memory', values: [40, 71, null] },
      { name: 'seen', values: [NOW - 3000, NOW - 3000, NOW - 3000] },
    ],
  });
const statisticsFrame = (rate: number | null) =>
  toDataFrame({
    fields: Object.entries({ remediations: 41, success: 38, failed: 3, rejected: 5, success_rate: rate, false_alarms: 7, alerts: 50, open: 1 }).map(([name, value]) => ({ name, values: [value] })),
  });
const frequencyFrame = () =>
  toDataFrame({
    meta: { custom: { stepMs: 60_000 } },
    fields: [
      { name: 'time', type: 'time' as never, values: [NOW - 120_000, NOW - 60_000] },
      { name: 'health_alert', type: 'number' as never, values: [2, 1] },
      { name: 'container_event', type: 'number' as never, values: [0, 4] },
    ],
  });
const remediationFrame = () =>
  toDataFrame({
    fields: [
      { name: 'time', values: [NOW - 30_000, NOW - 90_000, NOW - 100_000] },
      { name: 'id', values: ['a1', 'a2', 'a3'] },
      { name: 'container', values: ['host-1/web-1', 'host-1/web-2', 'host-1/batch'] },
      { name: 'action', values: ['restart', 'restart', 'restart'] },
      { name: 'status', values: ['success', 'rejected', 'success'] },
      { name: 'verdict', values: ['helped', '', 'worse'] },
      { name: 'reason', values: ['It hung', 'It hangs', 'It hung'] },
      { name: 'incident', values: ['i1', 'web-2', 'i3'] },
      { name: 'duration', values: [0.4, null, 1] },
      { name: 'health_before', values: ['unhealthy', '', 'healthy'] },
      { name: 'health_after', values: ['healthy', '', 'healthy'] },
    ],
  });

const answers = (rate: number | null = 92.7): FakeAnswers => ({
  resources: {
    status: statusAnswer(),
    incidents: { incidents: [incidentAnswer('web-2', 'suppressed', { cause: 'The health check fails', guard: 'cooldown', guard_reason: 'the last one was 48 min ago', method: 'rule_based', confidence: '0.85' })], more: false },
  },
  frames: { containers: [containerFrame()], statistics: [statisticsFrame(rate)], frequency: [frequencyFrame()], remediations: [remediationFrame()], container_metrics: [] },
});

const show = (options: RenderPageOptions = {}) =>
  renderPage(
    <PageFrame>
      <Overview />
    </PageFrame>,
    { ...answers(), ...options }
  );
const cards = async () => within(await screen.findByTestId(testIds.overview.cards)).getAllByRole('listitem');

test('R035: exactly four cards, with the false alarms of the retained window (R075)', async () => {
  show();
  await waitFor(async () =>
    expect((await cards()).map(({ textContent }) => textContent)).toEqual([
      'Remediations4138 done, 3 failed, 5 refused',
      'Success rate93 %of 41 attempted; refused ones do not count',
      expect.stringMatching(/^False alarms7.*in the retained window$/),
      'Active containers2running, of 3 known; 1 ill',
    ])
  );
});

test('R081: without an attempt the success rate is "none yet"', async () => {
  show(answers(null));
  expect(await screen.findByText('none yet')).toBeInTheDocument();
});

test('what needs a person is told with cause, reason and confidence, and can be acted on in place', async () => {
  const { user, source } = show({ sends: { 'actions/acknowledge': { event_id: 'e', command: 'acknowledge', next: 'Noted.' } } });
  const needsYou = within(await screen.findByTestId(testIds.overview.needsYou));
  expect(needsYou.getByRole('heading', { name: 'Needs you' })).toBeInTheDocument();
  expect(needsYou.getByRole('listitem')).toHaveTextContent(/\[HIGH\] web-2 The health check fails.*cooldown refuses .*\(the last one was 48 min ago\).* · 0\.85 \(rules\)/);
  expect(needsYou.getByRole('link', { name: 'Why: web-2' })).toHaveAttribute('href', expect.stringContaining('/incidents/web-2'));
  await user.click(needsYou.getByTestId(testIds.actions.acknowledge));
  await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/acknowledge', body: { incident: 'web-2' } }]));
});

test('a Viewer sees the buttons, and why they are off', async () => {
  const { source, user } = show({ role: 'Viewer' });
  const button = await screen.findByTestId(testIds.actions.acknowledge);
  await user.click(button);
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(source.sent).toEqual([]);
});

test('when nothing is ill it says so, with the last incident', async () => {
  const last = incidentAnswer('web-9', 'resolved', { opened_at: new Date(NOW - THREE_HOURS).toISOString(), ended_at: new Date(NOW - THREE_HOURS + 2100).toISOString() });
  const incidents = ({ all }: { all?: boolean }) => ({ incidents: all ? [last] : [], more: false });
  show({ resources: { status: statusAnswer(), incidents } });
  await waitFor(() => expect(screen.getByTestId(testIds.overview.needsYou)).toHaveTextContent('All 3 well. Last incident 3 hours ago: web-9, resolved in 2.1 s.'));
});

test('R044 R045 R048 to R051: the fleet as cells and as rows, which stands in the URL', async () => {
  const { user, search } = show();
  const cells = within(await screen.findByTestId(testIds.overview.cells));
  expect(cells.getAllByRole('link').map((link) => link.getAttribute('aria-label'))).toEqual([
    'web-1 on host-1: healed lately, running, healthy, CPU 12 %, memory 40 %',
    'web-2 on host-1: ill, running, unhealthy, CPU 97 %, memory 71 %',
    // An action that made it worse was done all the same, but it does not run.
    'batch on host-1: not running, exited',
  ]);
  await user.click(screen.getByRole('radio', { name: 'Rows' }));
  const rows = within(await screen.findByTestId(testIds.overview.rows));
  expect(search()).toContain('fleet=rows');
  expect(rows.getAllByRole('row').map((row) => row.getAttribute('data-condition'))).toEqual([null, 'ill', 'healed', 'stopped']);
  expect(rows.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual(['Container', 'State', 'Status', 'Health', 'CPU', 'Memory', 'Last update']);
  expect(rows.getAllByRole('row')[1]).toHaveTextContent(/web-2.*ill.*running.*unhealthy.*97 %.*71 %.*seconds ago/);
});

test('arrow keys go from cell to cell, with one stop for Tab', async () => {
  const { user } = show();
  const links = within(await screen.findByTestId(testIds.overview.cells)).getAllByRole('link');
  expect(links.map((link) => link.tabIndex)).toEqual([0, -1, -1]);
  act(() => links[0]?.focus());
  await user.keyboard('{ArrowRight}');
  expect(links[1]).toHaveFocus();
  await user.keyboard('{End}{ArrowRight}');
  expect(links[2]).toHaveFocus();
  expect(links.map((link) => link.tabIndex)).toEqual([-1, -1, 0]);
});

test('the score is shown with its parts and weights on demand', async () => {
  const { user, search } = show();
  const score = within(await screen.findByTestId(testIds.overview.score));
  expect(score.queryByRole('table')).not.toBeInTheDocument();
  await user.click(score.getByRole('button', { name: 'What it is made of' }));
  expect(search()).toContain('score=open');
  expect([...screen.getByTestId(testIds.overview.score).querySelectorAll('tbody tr')].map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
    ['Agents and Redis that are there', '100 %', '100', '30 %'],
    ['Circuit breakers closed', '100 %', '100', '25 %'],
    ['CPU in use, mean of what runs', '55 %', '46', '20 %'],
    ['Memory in use, mean of what runs', '56 %', '45', '15 %'],
    ['Redis answers in', '2 ms', '100', '10 %'],
  ]);
});

test('events are counted by kind, actions are marked by what came of them, and only what helped counts as healed', async () => {
  show();
  const activity = within(await screen.findByTestId(testIds.overview.activity));
  expect(activity.getByRole('img', { name: 'Events over time: alerts 3, others 4' })).toBeInTheDocument();
  const marks = within(activity.getByRole('list', { name: 'Remediations over time' })).getAllByRole('link');
  expect(marks.map(({ textContent }) => textContent)).toEqual(['▲', '×', '▼']);
  const healed = within(screen.getByTestId(testIds.overview.healed));
  expect(healed.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([expect.stringMatching(/web-1restart, 400 ms▲ helped.*It hung · health unhealthy → healthy/)]);
});

test('an empty fleet says what to run', async () => {
  show({
    ...answers(),
    resources: { status: statusAnswer({ fleet: { total: 0, running: 0, stopped: 0, ill: 0 } }), incidents: { incidents: [], more: false } },
    frames: { ...answers().frames, containers: [toDataFrame({ fields: [{ name: 'container', values: [] }] })] },
  });
  expect(await screen.findByText('docker run --detach --name web nginx')).toBeInTheDocument();
});

test('an agent that is missing is named, with its command', async () => {
  show({ resources: { ...answers().resources, status: statusAnswer({ agents: [agentAnswer('monitor'), agentAnswer('analyzer'), agentAnswer('responder', { alive: false })] }) } });
  expect(await screen.findByText('Not running: responder')).toBeInTheDocument();
  expect(screen.getByText('npx hemostat agent responder')).toBeInTheDocument();
});

test.each<[string, FakeAnswers['resources'], string[]]>([
  ['Redis does not answer', { status: refusal(503, 'Redis does not answer at localhost:6379.', 'Start it.') }, ['source done', 'redis missing', 'monitor later', 'analyzer later', 'responder later', 'containers later']],
  ['no agent ever ran', { status: statusAnswer({ agents: [], fleet: { total: 0, running: 0, stopped: 0, ill: 0 } }) }, ['source done', 'redis done', 'monitor missing', 'analyzer missing', 'responder missing', 'containers later']],
])('first run, %s: what is missing stands in place of empty widgets', async (_, resources, states) => {
  show({ resources });
  const list = within(await screen.findByTestId(testIds.overview.firstRun));
  expect(list.getAllByRole('listitem').map((one) => `${one.dataset.step} ${one.dataset.state}`)).toEqual(states);
  expect(list.getByText('npm start')).toBeInTheDocument();
  expect(screen.queryByTestId(testIds.overview.cards)).not.toBeInTheDocument();
});

test('without the right to read it says so', async () => {
  show({ resources: { status: refusal(403, 'This needs the role Viewer.'), incidents: refusal(403, 'This needs the role Viewer.') }, frames: {} });
  expect((await screen.findAllByTestId(testIds.state.denied)).length).toBeGreaterThan(0);
  expect(screen.queryByTestId(testIds.overview.firstRun)).not.toBeInTheDocument();
});

test('R004: a refresh that fails leaves the older answer in place, and can be tried again', async () => {
  const { source, refresh, user } = show();
  await screen.findByRole('link', { name: 'Why: web-2' });
  source.answers = { ...answers(), resources: { ...answers().resources, incidents: refusal(503, 'Redis went away.') } };
  refresh();
  expect(await screen.findByText(/Redis went away/)).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Why: web-2' })).toBeInTheDocument();
  source.answers = answers();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(screen.queryByText(/Redis went away/)).not.toBeInTheDocument());
});

test('before the first answer it says that it reads', async () => {
  const { container } = show({ resources: { status: statusAnswer(), incidents: new Promise(() => undefined) }, frames: {} });
  expect((await screen.findAllByTestId(testIds.state.loading)).length).toBeGreaterThan(0);
  expect(await screen.findByText(/healer well/)).toBeInTheDocument();
  expect(container).not.toHaveTextContent('nothing was attempted');
});
