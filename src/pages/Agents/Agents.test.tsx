import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { agentsAnswer, alertsAnswer, allSources, logEntry, sourceState, span, trace } from '../../components/testing/observed';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import type { TimeChartProps } from '../../components/TimeChart/TimeChart';
import { DEFAULT_RULES, mergeRules } from '../../contract/observability/rules';
import { layOut } from '../../datasource/testing/layout';
import Agents from './Agents';

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
  layOut();
  mockDrawn.length = 0;
});
afterEach(() => jest.restoreAllMocks());

const INCIDENT = 'a'.repeat(32);
const rules = { rules: mergeRules(DEFAULT_RULES, []), scopes: { agents: ['error_rate'] } };
const call = span('chat qwen3:8b', 'step', { kind: 'client', attributes: { 'gen_ai.request.model': 'qwen3:8b', 'gen_ai.provider.name': 'ollama', 'gen_ai.usage.input_tokens': 1800, 'gen_ai.usage.output_tokens': 160, 'gen_ai.response.finish_reasons': 'stop', 'hemostat.cost_usd': 0.0004 } });
const story = trace(INCIDENT, { incident_id: INCIDENT, root_span: 'health_alert', spans: [span('root', '', { service: 'monitor', name: 'health_alert', attributes: { 'hemostat.host': 'host-1', 'hemostat.container': 'web' } }), span('step', 'root', { status: 'error', status_message: 'the model answered nonsense', attributes: { try: 2 } }), call] });
const lines = [logEntry('analysis <b>done</b>', { trace_id: INCIDENT, incident_id: INCIDENT, attributes: { instance: 'analyzer-1' } }), logEntry('Redis is away', { level: 'error', agent_id: 'monitor' })];
const failures = [logEntry('connect ECONNREFUSED', { level: 'error', trace_id: INCIDENT, attributes: { error_type: 'DockerError' } }), logEntry('connect ECONNREFUSED', { level: 'error', attributes: { error_type: 'DockerError' } })];

const answers = (change: Record<string, unknown> = {}) => ({
  dashboard: agentsAnswer({ logs: lines, traces: [story], errors: failures }),
  'dashboard/alerts': alertsAnswer([]),
  'dashboard/traces': { traces: [story, trace('b'.repeat(32), { root_span: 'poll', agent_id: 'observer' })], more: false, sources: [sourceState('traces')] },
  [`dashboard/traces/${INCIDENT}`]: { trace: story, logs: lines, sources: [sourceState('logs')] },
  'dashboard/logs': { logs: lines, more: false, sources: [sourceState('logs')] },
  'dashboard/rules': rules,
  ...change,
});
const show = (change: Record<string, unknown> = {}, options: RenderPageOptions = {}) => renderPage(<Agents />, { resources: answers(change), ...options });
const cards = async () => within(await screen.findByTestId(testIds.agents.cards)).getAllByRole('listitem');

describe('the stat cards', () => {
  it('R428 to R435: health, latency, error rate and throughput, each with unit, status in words, and trend with its direction', async () => {
    show();
    const [health, latency, errorRate, throughput] = (await cards()).map((card) => card.textContent);
    expect(health).toBe(' System Health95/ 100normalno issue');
    expect(latency).toBe(' Avg Latency250msnormalstable, 0.0 % against the 60 min before');
    expect(errorRate).toBe(' Error Rate2.00%warningup, +50 % against the 60 min before');
    expect(throughput).toBe(' Throughput0.1req/snormalup, +33 % against the 60 min before');
    expect(screen.getByTestId(testIds.agents.health)).toHaveTextContent('The agents are well, score 95');
  });

  it('R402 R427: without data nothing is compared, the charts are there, and it is said what would put something there', async () => {
    show({ dashboard: agentsAnswer({ idle: true }) });
    const [, latency, , throughput] = await cards();
    expect(latency).toHaveTextContent('Avg Latency–nothing measurednothing before it to compare with');
    expect(throughput).toHaveTextContent('0.0req/s');
    expect(screen.getByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent all');
    expect(mockDrawn.slice(0, 4).map(({ title, lines: drawn }) => [title, drawn[0]?.points.length])).toEqual([
      ['Request Latency', 0],
      ['Request Throughput', 0],
      ['Errors Over Time', 0],
      ['Token Usage', 0],
    ]);
  });
});

describe('the charts', () => {
  it('R423 to R426: have the titles, names, kinds, colours and axes that are asked for', async () => {
    show();
    await cards();
    expect(mockDrawn.slice(0, 4).map(({ title, xLabel, yLabel, lines: drawn }) => [title, xLabel, yLabel, drawn[0]?.name, drawn[0]?.draw, drawn[0]?.color])).toEqual([
      ['Request Latency', 'Time', 'Latency (ms)', 'Average Latency', 'line', '#3b82f6'],
      ['Request Throughput', 'Time', 'Requests', 'Requests', 'area', '#10b981'],
      ['Errors Over Time', 'Time', 'Error Count', 'Errors', 'bar', '#ef4444'],
      ['Token Usage', 'Time', 'Token Count', 'Tokens', 'area', '#8b5cf6'],
    ]);
    expect(mockDrawn[0]?.lines[0]?.points.map(([, value]) => value)).toEqual([250, 250]);
  });
});

describe('errors', () => {
  it('R379 to R381: are told once with how often, when, and a trace to look at', async () => {
    show();
    const row = await screen.findByTestId(testIds.agents.error);
    expect(row).toHaveTextContent('error');
    expect(row).toHaveTextContent('DockerError connect ECONNREFUSED');
    expect(row).toHaveTextContent('analyzer2');
    expect(within(row).getByRole('link', { name: 'open' })).toHaveAttribute('href', expect.stringContaining(`/agents?trace=${INCIDENT}`));
  });
});

describe('traces', () => {
  it('R372 R373: one is opened as a waterfall, with model calls, tokens, cost, log lines and a way to the incident; the address keeps it', async () => {
    const { user, search, refresh } = show();
    const [row] = await screen.findAllByTestId(testIds.agents.traceRow);
    expect(row).toHaveTextContent(/health alert host-1\/webmonitor, analyzer · model calls 1, \$0.00040.*well2.1 s3story/);
    await user.click(within(row as HTMLElement).getByRole('button', { name: 'Details of health alert (monitor)' }));
    const opened = await screen.findByTestId(testIds.agents.trace);
    expect(await within(opened).findByTestId(testIds.incident.waterfall)).toHaveTextContent('chat qwen3:8b');
    const calls = within(opened).getByTestId(testIds.agents.modelCalls);
    expect(calls).toHaveTextContent('Model calls: 1, 1,800 tokens in, 160 tokens out, $0.00040');
    expect(calls).toHaveTextContent('qwen3:8bollama · analyzer1,800160$0.00040stop40 ms');
    expect(within(opened).getByRole('link', { name: 'Open the incident' })).toHaveAttribute('href', expect.stringContaining(`/incidents/${INCIDENT}`));
    expect(within(opened).getAllByTestId(testIds.agents.log)).toHaveLength(2);
    expect(search()).toContain(`trace=${INCIDENT}`);
    refresh();
    expect(within(opened).getByTestId(testIds.incident.waterfall)).toBeVisible();
  });

  it('shows of a step what it says and its attributes, and closes by Escape', async () => {
    const { user } = show({}, { search: `?trace=${INCIDENT}` });
    const opened = await screen.findByTestId(testIds.agents.trace);
    await user.click(await within(opened).findByRole('button', { name: /^step/ }));
    expect(opened).toHaveTextContent('the model answered nonsense');
    expect(opened).toHaveTextContent('try2');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId(testIds.agents.trace)).toBeNull());
    expect(screen.getByRole('button', { name: 'Details of health alert (monitor)' })).toHaveFocus();
  });

  it('R483: asks for the status and the length that the address names', async () => {
    const { source } = show({}, { search: '?trace_status=error&min_ms=5000' });
    await cards();
    await waitFor(() => expect(source.read).toContainEqual({ path: 'dashboard/traces', params: { minutes: 60, limit: 50, status: 'error', min_duration_ms: '5000' } }));
  });

  it('R484: says that there is no such trace, also when the list does not hold it', async () => {
    const { user, search } = show({ 'dashboard/traces/gone': refusal(404, 'Trace gone not found') }, { search: '?trace=gone' });
    expect(await screen.findByText('There is no trace gone')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close the trace' }));
    await waitFor(() => expect(search()).not.toContain('trace='));
  });
});

describe('log lines', () => {
  it('R370: are shown as text with level and agent; opened with everything that came with them', async () => {
    const { user } = show();
    await waitFor(() => expect(screen.getAllByTestId(testIds.agents.log)).toHaveLength(2));
    const [first] = screen.getAllByTestId(testIds.agents.log);
    expect(first).toHaveTextContent('info');
    expect(first).toHaveTextContent('analyzeranalysis <b>done</b>');
    await user.click(within(first as HTMLElement).getByRole('button'));
    const details = screen.getByTestId(testIds.agents.logDetails);
    expect(details).toHaveTextContent('instanceanalyzer-1');
    expect(within(details).getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([expect.stringContaining(`/incidents/${INCIDENT}`), expect.stringContaining(`trace=${INCIDENT}`)]);
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId(testIds.agents.logDetails)).toBeNull();
  });

  it('R482: asks for level, agent and text as the address has them, and says when none fits', async () => {
    const { source } = show({ 'dashboard/logs': { logs: [], more: false, sources: [sourceState('logs')] } }, { search: '?level=warn&agent=responder&log=refused' });
    expect(await screen.findByText('No log line in this time range fits the filters.')).toBeVisible();
    expect(source.read).toContainEqual({ path: 'dashboard/logs', params: { minutes: 60, limit: 300, level: 'warn', agent_id: 'responder', text: 'refused' } });
  });
});

describe('its states', () => {
  it('is loading at first; R485: says how to start the observer as long as none has looked', async () => {
    const never = refusal(503, 'Dashboard not initialized', 'Start the observer.');
    const { source, user } = show({ dashboard: never, 'dashboard/alerts': never });
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent observer');
    source.answers = { resources: answers() };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByTestId(testIds.agents.page)).toBeVisible();
  });

  it('R368: tells which source failed beside the data of the others, and does not call that "none"', async () => {
    const broken = sourceState('errors', { ok: false, from: 'loki', error: 'Loki answers 500.', mend: 'See its log.' });
    const cut = sourceState('traces', { notices: ['12 older traces were removed for memory'] });
    show({ dashboard: agentsAnswer({ logs: lines, traces: [story], sources: allSources(broken, cut) }), 'dashboard/logs': { logs: [], more: false, sources: [sourceState('logs', { ok: false, from: 'loki', error: 'Loki answers 500.' })] } });
    expect(await screen.findByTestId(testIds.agents.sources)).toHaveTextContent('Errors cannot be read from lokiLoki answers 500. See its log.');
    expect(screen.getByText('Not known: Errors cannot be read from loki.')).toBeVisible();
    expect(await screen.findByText('Not known: Logs cannot be read from loki.')).toBeVisible();
    expect(screen.getByText('Traces: 12 older traces were removed for memory')).toBeVisible();
    expect(await screen.findAllByTestId(testIds.agents.traceRow)).toHaveLength(2);
    expect(screen.queryByTestId(testIds.state.empty)).toBeNull();
  });

  it('fails with a retry and keeps what was read; or is not allowed', async () => {
    const { source, refresh, unmount } = show();
    await cards();
    source.answers = { resources: answers({ dashboard: refusal(502, 'Redis is away.') }) };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis is away.');
    expect(await cards()).toHaveLength(4);
    unmount();
    show({ dashboard: refusal(403, 'No.') });
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });
});
