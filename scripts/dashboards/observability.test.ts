import { hemostatQueriesOf, panelsOf, promqlOf, readDashboard, type ShownDashboard, type ShownPanel } from './testing';

const [status, agents] = [readDashboard('system'), readDashboard('observability')];

function panel(model: ShownDashboard, title: string): ShownPanel | undefined {
  const found = panelsOf(model).filter((one) => one.title === title);
  expect([title, found.length]).toEqual([title, 1]);
  return found[0];
}
/** What is set for the column or line of a name. */
const override = (of: ShownPanel | undefined, name: string) =>
  Object.fromEntries((of?.fieldConfig?.overrides ?? []).filter(({ matcher }) => matcher.id === 'byName' && matcher.options === name).flatMap(({ properties }) => properties.map(({ id, value }) => [id, value] as const)));

describe('HemoStat System status and Agent observability', () => {
  it('lead to each other, to their elder sisters, and to their pages', () => {
    const linksOf = ({ links = [] }: ShownDashboard) => links.flatMap(({ url }) => url ?? []);
    expect(linksOf(status)).toEqual(expect.arrayContaining(['/a/hemostat-monitor-app/system', '/d/hemostat-observability', '/d/hemostat-itself']));
    expect(linksOf(agents)).toEqual(expect.arrayContaining(['/a/hemostat-monitor-app/agents', '/d/hemostat-system', '/d/hemostat-agents']));
    expect(linksOf(readDashboard('itself'))).toContain('/d/hemostat-system');
    expect(linksOf(readDashboard('agents'))).toContain('/d/hemostat-observability');
  });

  it('ask nothing of Prometheus, besides the mark that is switched on by hand', () => {
    expect([...promqlOf(status), ...promqlOf(agents)].map(({ title }) => title)).toEqual(['annotation Deployments', 'annotation Deployments']);
  });

  it('R093 status: whole, parts, breakers, resources, history and alerts', () => {
    expect(new Set(hemostatQueriesOf(status).map(({ queryType }) => queryType))).toEqual(new Set(['system_status', 'components', 'breakers', 'health_history', 'agent_alerts', 'events', 'annotations']));
    const figures = panelsOf(status).flatMap(({ options, transformations = [] }) => [options?.reduceOptions?.fields?.replace(/[/^$]/g, '') ?? '', ...transformations.flatMap(({ options: { include } }) => include?.names ?? [])]);
    expect(figures).toEqual(expect.arrayContaining(['status', 'health_score', 'availability', 'response_time', 'circuit_breaker_health', 'components_unhealthy', 'breakers_open', 'cpu', 'memory', 'disk', 'alerts', 'alerts_critical']));
  });

  it('R428 to R435 cards: health, latency, error rate, throughput, in this order, with trend', () => {
    const cards = panelsOf(agents).slice(0, 4);
    expect(cards.map(({ title, type, options }) => [title, type, options?.reduceOptions?.fields])).toEqual([
      ['System Health', 'stat', '/^health$/'],
      ['Avg Latency', 'stat', '/^latency$/'],
      ['Error Rate', 'stat', '/^error_rate$/'],
      ['Throughput', 'stat', '/^throughput$/'],
    ]);
    // The row above is of the period before: it must not stand in for a value that is not known now.
    expect(cards.map(({ options }) => options?.reduceOptions?.calcs)).toEqual(cards.map(() => ['last']));
    // Alerts of the period before are not kept, so health has no trend.
    expect(cards.map(({ options }) => options?.showPercentChange === true)).toEqual([false, true, true, true]);
    expect(cards.map((one, index) => override(one, ['health', 'latency', 'error_rate', 'throughput'][index] ?? ''))).toEqual([
      { unit: 'suffix:/ 100', decimals: 0 },
      { unit: 'suffix:ms', decimals: 0 },
      { unit: 'suffix:%', decimals: 2 },
      { unit: 'suffix:req/s', decimals: 1 },
    ]);
  });

  it.each<[title: string, cases: Array<[value: number, color: string]>]>([
    ['System Health', [[69, 'red'], [70, 'orange'], [89, 'orange'], [90, 'green']]],
    ['Avg Latency', [[500, 'green'], [500.4, 'green'], [501, 'orange'], [1000, 'orange'], [1001, 'red']]],
    ['Error Rate', [[1, 'green'], [1.01, 'orange'], [5, 'orange'], [5.01, 'red']]],
    ['Throughput', [[0, 'green'], [1000, 'green']]],
  ])('R429 to R433: %s is coloured as it is shown', (title, cases) => {
    const steps = panel(agents, title)?.fieldConfig?.defaults?.thresholds?.steps ?? [];
    expect(cases.map(([value]) => [value, steps.findLast((step) => step.value === null || value >= step.value)?.color])).toEqual(cases);
  });

  it.each([
    ['Request Latency', 'latency', 'Latency', 'Average Latency', '#3b82f6', 'Latency (ms)', 'line'],
    ['Request Throughput', 'requests', 'Requests', 'Requests', '#10b981', 'Requests', 'area'],
    ['Errors Over Time', 'errors', 'Errors', 'Errors', '#ef4444', 'Error Count', 'bar'],
    ['Token Usage', 'tokens', 'Tokens', 'Tokens', '#8b5cf6', 'Token Count', 'area'],
  ])('R421, R423 to R426: chart %s', (title, metric, given, name, color, axisLabel, shape) => {
    const chart = panel(agents, title);
    expect(chart?.targets).toEqual([expect.objectContaining({ queryType: 'agent_series', metrics: [metric] })]);
    expect(override(chart, given)).toEqual({ displayName: name, color: { mode: 'fixed', fixedColor: color } });
    const custom = chart?.fieldConfig?.defaults?.custom ?? {};
    const filled = Number(custom.fillOpacity) > 15 ? 'area' : 'line';
    // Lines are smooth, areas filled.
    expect([custom.axisLabel, custom.drawStyle === 'bars' ? 'bar' : filled, custom.lineInterpolation]).toEqual([axisLabel, shape, shape === 'bar' ? undefined : 'smooth']);
  });

  it('R390 p50, p90 and p99, each under its name; agents each with a line', () => {
    const names = ['p50', 'p90', 'p99'];
    for (const title of ['Latency (percentiles)', 'Tokens of a Call (percentiles)']) {
      const graph = panel(agents, title);
      expect(graph?.targets?.map(({ refId, aggregation }) => [refId, aggregation])).toEqual(names.map((name) => [name, name]));
      expect(graph?.fieldConfig?.overrides).toEqual(names.map((options) => ({ matcher: { id: 'byFrameRefID', options }, properties: [{ id: 'displayName', value: options }] })));
    }
    const [target] = panel(agents, 'Latency by Agent')?.targets ?? [];
    expect((target?.filters as { agents: string[] }).agents).toEqual(expect.arrayContaining(['monitor', 'analyzer', 'responder', 'notifier', 'exporter', 'updater', 'observer', 'api']));
  });

  it('a choice of agents narrows all but what shows each of them', () => {
    const free = hemostatQueriesOf(agents).filter(({ queryType, filters, adhoc }) => queryType !== 'annotations' && !JSON.stringify([filters, adhoc]).includes('$'));
    expect(free.length).toBeGreaterThan(0);
    expect(free.filter(({ filters }) => ((filters as { agents?: string[] } | undefined)?.agents ?? []).length < 5)).toEqual([]);
    expect(agents.templating?.list?.find(({ name }) => name === 'agent')).toMatchObject({ type: 'query', multi: true, includeAll: true, allValue: '.*', query: { kind: 'agents' } });
  });
});
