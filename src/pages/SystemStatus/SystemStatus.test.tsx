import { screen, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { agentAlert, breaker, component, systemStatus, type StatusOptions } from '../../components/testing/observed';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import type { TimeChartProps } from '../../components/TimeChart/TimeChart';
import { errorStatusPayload } from '../../contract/observability/status';
import { DEFAULT_RULES, mergeRules } from '../../contract/observability/rules';
import SystemStatus from './SystemStatus';

// Grafana's panels are not there in jsdom; the browser tests look at the charts.
const mockDrawn: TimeChartProps[] = [];
jest.mock('../../components/TimeChart/TimeChart', () => ({
  TimeCharts: ({ children }: { children: React.ReactNode }) => children,
  TimeChart: (props: TimeChartProps) => {
    mockDrawn.push(props);
    return null;
  },
}));
beforeEach(() => {
  mockDrawn.length = 0;
});

const rules = { rules: mergeRules(DEFAULT_RULES, []), scopes: {} };
const show = (status: unknown = systemStatus(), options: RenderPageOptions = {}) => renderPage(<SystemStatus />, { resources: { 'dashboard/status': status, 'dashboard/rules': rules }, ...options });
const of = (options: StatusOptions, more: RenderPageOptions = {}) => show(systemStatus(options), more);
const down = component('analyzer', { critical: true, status: 'unhealthy', has_error: true, response_time_ms: null, error_message: 'No sign of life since 14:03.', mend: 'Start it: npx hemostat agent analyzer' });
const impaired = component('docker:host-1', { kind: 'docker', status: 'degraded', has_error: true, error_message: 'It answers slowly.', mend: 'See what keeps it busy.' });

describe('System status', () => {
  it('R103 R127: says in one sentence that everything is well', async () => {
    show();
    expect(await screen.findByTestId(testIds.system.sentence)).toHaveTextContent(/^●Everything is well: 4 parts, score \d+(\.\d)?$/);
  });

  it('R109: says what is wrong and what to do, those that are down first', async () => {
    of({ observed: { components: [component('redis'), impaired, down] } });
    const sentence = await screen.findByTestId(testIds.system.sentence);
    expect(sentence).toHaveTextContent(/2 of 3 parts are not well, score \d/);
    expect(within(sentence).getAllByRole('listitem')[0]).toHaveTextContent('down analyzer: No sign of life since 14:03. Start it: npx hemostat agent analyzer');
    const rows = screen.getAllByTestId(testIds.system.component);
    expect(rows.map((row) => row.textContent)).toEqual([expect.stringMatching(/^analyzer.*down.*not measured/), expect.stringMatching(/^docker:host-1.*impaired/), expect.stringMatching(/^redis.*well.*12 ms/)]);
  });

  it('R104 to R108: shows share of parts that are well, parts by state, uptime and version', async () => {
    of({ observed: { components: [component('redis'), impaired, down] } });
    const figures = await screen.findByTestId(testIds.system.figures);
    for (const text of ['Statusdown', '33 %', '1 well, 1 impaired, 1 down', 'Parts3', 'Running for2 h', 'Version0.1.0', 'status view 1.0.0']) {
      expect(figures).toHaveTextContent(text);
    }
  });

  it('R111 to R117: counts breakers by state, shows those that hold something back, and the closed ones when asked', async () => {
    const free = new Date(Date.now() + 605_000).toISOString();
    const { user, search } = of({ observed: { breakers: [breaker('host-1/web'), breaker('host-1/db', { state: 'open', failure_count: 3, success_rate: 0.25, total_calls: 12, free_at: free }), breaker('model (analyzer)', { kind: 'model', state: 'half_open', success_rate: null, avg_response_time: null })] } });
    expect(await screen.findByText('3 in all: 1 open, 1 half open, 1 closed')).toBeVisible();
    expect(screen.getAllByTestId(testIds.system.breaker).map((row) => row.textContent)).toEqual([expect.stringMatching(/^host-1\/db.*open325 %420 ms12in 10 minutes$/), expect.stringMatching(/^model \(analyzer\).*half open0never callednot measured20$/)]);
    await user.click(screen.getByRole('button', { name: 'Closed ones as well' }));
    expect(await screen.findAllByTestId(testIds.system.breaker)).toHaveLength(3);
    expect(search()).toContain('breakers=all');
  });

  it('R098 to R102 R119 to R123: shows resources with their limits; what nobody measured is unknown and not 0', async () => {
    of({ observed: { resources: { cpu_percent: 91, memory_percent: null, disk_percent: 90, memory_used_mb: null, memory_total_mb: null, disk_used_gb: 180, disk_total_gb: 200, load_average: [] } } });
    const resources = await screen.findByTestId(testIds.system.resources);
    expect(await within(resources).findByText(/above the limit of 80 %/)).toBeVisible();
    const [cpu, memory, disk] = within(resources).getAllByRole('listitem');
    expect(cpu).toHaveTextContent('CPU91 % · above the limit of 80 %');
    expect(memory).toHaveTextContent('Memoryunknown · limit 85 %');
    // Equal is not above (R154).
    expect(disk).toHaveTextContent('Disk90 % 180 of 200 GB · limit 90 %');
    expect(resources).toHaveTextContent('15 minutesunknown');
    expect(resources).not.toHaveTextContent('0 %0');
    expect(screen.getByText(/Alerts fire above:/)).toHaveTextContent('CPU 80 % · Memory 85 % · Disk 90 % · Mean response time 5 s · Failures of a breaker 10 %');
  });

  it('R123 R134 to R138: shows what the score is made of; an unknown part is left out and the others weigh more', async () => {
    of({ observed: { resources: { cpu_percent: null, memory_percent: 50, disk_percent: null, memory_used_mb: null, memory_total_mb: null, disk_used_gb: null, disk_total_gb: null, load_average: [] } } });
    const score = await screen.findByTestId(testIds.overview.score);
    expect(score).toHaveTextContent('CPU of the host in useunknown, left out–0 % (of 20 %)');
    expect(score).toHaveTextContent('Parts that are there100 %10037 %');
  });

  it('R146 to R157: shows the active alerts of the system with a way to them', async () => {
    const alert = agentAlert('a', { name: 'High CPU Usage', type: 'resource_usage', message: 'CPU usage is 91.00%, above the threshold of 80.00%.' });
    of({ alerts: [alert, agentAlert('b', { type: 'reliability' })] });
    const alerts = await screen.findByTestId(testIds.system.alerts);
    expect(alerts).toHaveTextContent('1 in all: critical or error 0, warning 1, info 0');
    expect(alerts).toHaveTextContent('warning High CPU Usage CPU usage is 91.00%, above the threshold of 80.00%. firing · 5 minutes ago');
    expect(within(alerts).getByRole('link', { name: 'High CPU Usage' })).toHaveAttribute('href', expect.stringContaining(`/agents?alert=${alert.alert_id}`));
    expect(screen.getByTestId(testIds.system.sentence)).toHaveTextContent('All 4 parts are well, score');
  });

  it('R159 to R166: draws the history with gaps where a figure was unknown, and tells its means', async () => {
    show();
    const history = await screen.findByTestId(testIds.system.history);
    expect(history).toHaveTextContent('Mean of 2 points over 0.98 h: score 90, availability 100 %, answers in 12 ms');
    expect(mockDrawn.slice(0, 3).map(({ title, lines }) => [title, lines.map(({ name }) => name)])).toEqual([
      ['Score, availability, breakers', ['Score', 'Availability (%)', 'Breakers closed (%)']],
      ['CPU and memory of the host', ['CPU', 'Memory']],
      ['Mean response time', ['Response time']],
    ]);
    expect(mockDrawn[1]?.lines[0]?.points.map(([, value]) => value)).toEqual([30, null]);
  });

  it('tells what telemetry holds and what was left out', async () => {
    of({ observed: { dropped: { logs: 1200, spans: 0, figures: 3 } } });
    const telemetry = await screen.findByTestId(testIds.system.telemetry);
    expect(telemetry).toHaveTextContent('12 MiB of at most 64 MiB');
    expect(telemetry).toHaveTextContent('Left out since the beginning: figures 3, logs 1,200');
  });
});

describe('its states', () => {
  it('is loading at first, and R167: bears a system of which nothing is known', async () => {
    of({ observed: { components: [], breakers: [] }, history: [] });
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    expect(await screen.findByTestId(testIds.system.sentence)).toHaveTextContent('No part of the system has been seen yet');
    expect(screen.getByText(/There is no history yet/)).toBeVisible();
    expect(screen.getByText(/There is none: nothing has been acted on/)).toBeVisible();
  });

  it('R485: says how to start the observer as long as none has looked, and tries again', async () => {
    const { source, user } = show(refusal(503, 'Dashboard not initialized', 'Start the observer.'));
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent observer');
    source.answers = { resources: { 'dashboard/status': systemStatus(), 'dashboard/rules': rules } };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByTestId(testIds.system.page)).toBeVisible();
  });

  it('R168 to R172: shows the error payload as what it is', async () => {
    show(errorStatusPayload('the history cannot be read', Date.now()));
    expect(await screen.findByTestId(testIds.system.sentence)).toHaveTextContent('How the system is cannot be told: the history cannot be read');
    expect(screen.getByTestId(testIds.system.alerts)).toHaveTextContent('Dashboard Error');
    expect(screen.queryByTestId(testIds.page.banner)).toBeNull();
  });

  it('says that everything is old when the observer does not look any more', async () => {
    of({ observed: { at: new Date(Date.now() - 330_000).toISOString() } });
    expect(await screen.findByTestId(testIds.page.banner)).toHaveTextContent(/The observer looked last 5 minutes ago. Start it with: npx hemostat agent observer/);
  });

  it('fails with a retry, keeps the older answer, and refreshes by itself', async () => {
    const { source, refresh } = show();
    await screen.findByTestId(testIds.system.page);
    source.answers = { resources: { 'dashboard/status': refusal(502, 'Redis is away.', 'Start Redis.') } };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis is away. Start Redis.');
    expect(screen.getByTestId(testIds.system.sentence)).toHaveTextContent('Everything is well');
    source.answers = { resources: { 'dashboard/status': systemStatus({ observed: { components: [down] } }) } };
    refresh();
    expect(await screen.findByText(/1 of 1 parts are not well/)).toBeVisible();
    expect(screen.queryByTestId(testIds.state.failed)).toBeNull();
  });

  it('says that one may not see it', async () => {
    show(refusal(403, 'This needs the role Viewer.'));
    expect(await screen.findByTestId(testIds.state.denied)).toHaveTextContent('This needs the role Viewer.');
  });
});
