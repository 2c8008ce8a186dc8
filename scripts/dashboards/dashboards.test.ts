import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { APP_PATH, ROUTES } from '../../src/constants';
import { METRICS, metricOfSeries } from '../../src/contract/metrics';
import { querySchema } from '../../src/contract/query';
import { LOG_RULES, METRIC_RULES, alertRules } from './alerts/rules';
import { dashboards } from './dashboards';
import { generatedFiles, outdatedFiles } from './files';
import { hemostatQueriesOf, panelsOf, promqlOf, readDashboard, type ShownDashboard } from './testing';

const root = path.join(__dirname, '../..');
/** As Grafana reads them: out of the files. */
const shown = new Map(dashboards().map(({ name }) => [name, readDashboard(name)]));
const board = (name: string): ShownDashboard => shown.get(name) ?? { uid: '', title: '', panels: [] };

describe('generated files', () => {
  it('are what the sources say', () => {
    expect(outdatedFiles(root, generatedFiles())).toEqual([]);
  });

  it('are all that ships in the folder', () => {
    expect(readdirSync(path.join(root, 'provisioning/dashboards/hemostat')).sort()).toEqual([...shown.keys()].map((name) => `${name}.json`).sort());
  });

  it('differ when one is missing', () => {
    expect(outdatedFiles(path.join(root, 'provisioning'), generatedFiles())).toHaveLength(shown.size + 1);
  });
});

describe('HemoStat Overview (R244 to R255)', () => {
  const overview = board('overview');
  const sections = overview.panels.reduce<Array<{ section: string; panels: string[] }>>((all, panel) => {
    if (panel.type === 'row') {
      return [...all, { section: panel.title, panels: [] }];
    }
    all.at(-1)?.panels.push(panel.title);
    return all;
  }, []);

  it('has exactly eleven panels in four sections', () => {
    expect(overview).toMatchObject({ uid: 'hemostat-overview', title: 'HemoStat Overview' });
    expect(sections).toEqual([
      { section: 'Summary Metrics', panels: ['Monitored Containers', 'Health Alerts (per minute)', 'Analysis Confidence (median)', 'Remediations (per minute)'] },
      { section: 'Container Health Graphs', panels: ['Container CPU Usage', 'Container Memory Usage'] },
      { section: 'System Activity', panels: ['Health Alerts by Severity (per minute)', 'Analysis Requests (per minute)', 'Remediation Attempts (per minute)'] },
      { section: 'Performance Metrics', panels: ['Analysis Duration (percentiles)', 'Remediation Duration (percentiles)'] },
    ]);
    expect(panelsOf(overview)).toHaveLength(11);
  });

  it('shows p50, p95 and p99 of both durations (R254, R255)', () => {
    for (const title of ['Analysis Duration (percentiles)', 'Remediation Duration (percentiles)']) {
      const panel = panelsOf(overview).find((one) => one.title === title);
      expect(panel?.targets?.map((target) => target.legendFormat)).toEqual(['p50', 'p95', 'p99']);
    }
  });
});

describe.each([...shown.keys()])('dashboard %s', (name) => {
  const model = board(name);
  const panels = panelsOf(model);

  it('refreshes every 10 s, shares its crosshair and begins with a fit range (R260)', () => {
    expect(model).toMatchObject({ refresh: '10s', graphTooltip: 1, editable: false, tags: ['hemostat'] });
    expect(model.schemaVersion).toBeGreaterThanOrEqual(42);
    expect(model.time).toEqual({ from: ['overview', 'containers', 'itself', 'observability'].includes(name) ? 'now-1h' : 'now-24h', to: 'now' });
  });

  it('says of every panel what it shows, in which unit, and what no value means', () => {
    const silent = panels.filter((panel) => !panel.description || !panel.fieldConfig?.defaults?.noValue || (!panel.fieldConfig.defaults.unit && !['logs', 'state-timeline'].includes(panel.type ?? '')));
    expect(silent.map((panel) => panel.title)).toEqual([]);
  });

  it('colours every figure by limits of its own (R261)', () => {
    const bare = panels.filter((panel) => panel.type === 'stat' && (panel.fieldConfig?.defaults?.thresholds?.steps ?? []).length === 0);
    expect(bare.map((panel) => panel.title)).toEqual([]);
  });

  it('gives each panel an id and a place of its own', () => {
    const ids = model.panels.map((panel) => panel.id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of model.panels) {
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
      expect(`${title} ends at ${x + w}`).toBe(`${title} ends at ${Math.min(24, x + w)}`);
      for (let cell = 0; cell < w * h; cell += 1) {
        const place = `${x + (cell % w)}/${y + Math.floor(cell / w)}`;
        expect(`${title} ${taken.has(place) ? 'lies on another' : 'is free'}`).toBe(`${title} is free`);
        taken.add(place);
      }
    }
    // Panels stand without holes: every line that is used is used over its whole width.
    expect(taken.size % 24).toBe(0);
  });

  it('leads to pages of the app that exist', () => {
    const urls = JSON.stringify(model).match(/\/a\/[^"?]+/g) ?? [];
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.filter((url) => !Object.values(ROUTES).some((route) => url === `${APP_PATH}/${route}`))).toEqual([]);
  });

  it('leads to dashboards that exist', () => {
    const urls = (model.links ?? []).flatMap(({ url }) => (url?.startsWith('/d/') ? [url] : []));
    expect(urls.filter((url) => ![...shown.values()].some(({ uid }) => url === `/d/${uid}`))).toEqual([]);
  });

  it('marks incidents, remediations and deployments (R262)', () => {
    expect(model.annotations?.list?.map((one) => one.name)).toEqual(['Incidents', 'Remediations', 'Deployments']);
  });

  it('asks Prometheus only for metrics and labels that exist', () => {
    const wrong = promqlOf(model).flatMap(({ title, expr }) => unknownIn(expr).map((one) => `${title}: ${one}`));
    expect(wrong).toEqual([]);
  });

  it('asks the log only what its contract knows', () => {
    for (const query of hemostatQueriesOf(model)) {
      const parsed = querySchema.safeParse(query);
      expect(`${query.refId} ${parsed.success ? '' : parsed.error.message}`).toBe(`${query.refId} `);
    }
  });
});

it.each(['overview', 'containers', 'remediation'])('%s can be narrowed by container and by service (R263)', (name) => {
  const variables = board(name).templating?.list ?? [];
  expect(variables.map((variable) => variable.name)).toEqual(['host', 'project', 'service', 'container', 'prometheus', 'hemostat']);
  expect(variables.filter((variable) => variable.type === 'query').every((variable) => variable.multi && variable.includeAll)).toBe(true);
  const perContainer = (expr: string) => [...expr.matchAll(/[a-z_]\w*/g)].some(([word]) => metricOfSeries(word)?.labels.includes('container_name'));
  const unfiltered = promqlOf(board(name)).filter(({ title, expr }) => !title.startsWith('variable') && perContainer(expr) && !expr.includes('$container'));
  expect(unfiltered.map(({ title }) => title)).toEqual([]);
});

it('shows success rates, agent uptime and system health beside the overview (R256)', () => {
  const titles = [...shown.values()].flatMap((model) => panelsOf(model).map((panel) => panel.title));
  expect(titles).toEqual(expect.arrayContaining(['Success Rate', 'Agent Uptime', 'Agents Alive', 'Redis', 'Host CPU']));
});

describe('alert rules of Grafana', () => {
  const rules = [...LOG_RULES, ...METRIC_RULES];

  it.each(rules.map((rule) => [rule.title, rule] as const))('%s leads to its panel and to its runbook', (_title, rule) => {
    expect(panelsOf(board(rule.dashboard)).map((panel) => panel.id)).toContain(rule.panel);
    expect(existsSync(path.join(root, `docs/runbooks/${rule.runbook ?? rule.title}.md`))).toBe(true);
    expect(rule.summary.length).toBeGreaterThan(10);
    expect(rule.description.length).toBeGreaterThan(30);
  });

  it('have uids of their own, and names that Grafana keeps apart', () => {
    expect(new Set(rules.map((rule) => rule.uid)).size).toBe(rules.length);
    expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length);
  });

  it('ask only for metrics and labels that exist, and only what the log knows', () => {
    const models = rules.flatMap((rule) => rule.measure.steps.map(({ model }) => ({ title: rule.title, model })));
    expect(models.flatMap(({ title, model }) => (typeof model.expr === 'string' ? unknownIn(model.expr).map((one) => `${title}: ${one}`) : []))).toEqual([]);
    const asked = models.filter(({ model }) => 'queryType' in model);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ model }) => !querySchema.safeParse(model).success)).toEqual([]);
  });

  it('leave models and annotations as they are: Grafana puts environment variables into neither', () => {
    const { groups } = alertRules() as { groups: Array<{ rules: Array<{ data: unknown }> }> };
    expect(JSON.stringify(groups.flatMap((group) => group.rules.map((rule) => rule.data)))).toContain('"$moreSum - $fewerSum"');
  });
});

describe('provisioning', () => {
  const files = ['alerting', 'dashboards', 'datasources', 'examples', 'plugins'].flatMap((folder) => readdirSync(path.join(root, 'provisioning', folder)).filter((name) => name.endsWith('.yaml')).map((name) => `${folder}/${name}`));

  it.each(files)('%s is YAML of version 1', (file) => {
    expect(parse(readFileSync(path.join(root, 'provisioning', file), 'utf8'))).toMatchObject({ apiVersion: 1 });
  });

  it('documents every environment variable that it reads', () => {
    const read = [...files.filter((file) => file !== 'alerting/rules.yaml').map((file) => `provisioning/${file}`), 'monitoring/grafana/grafana.ini'];
    const texts = read.map((file) => readFileSync(path.join(root, file), 'utf8').replaceAll('$$', ''));
    const used = [...new Set(texts.flatMap((text) => [...text.matchAll(/\$(?:__env)?\{(\w+)\}/g)].map(([, name]) => name)))].sort();
    const documented = [...readFileSync(path.join(root, 'provisioning/README.md'), 'utf8').matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = '']) => names.split(', ').map((name) => name.replaceAll('`', ''))).sort();
    expect(used.length).toBeGreaterThan(5);
    expect(documented).toEqual(used);
  });
});

/** Of the target and of Prometheus itself; the exporter does not serve them. */
const FOREIGN = /^(up|scrape_duration_seconds|prometheus_\w+)$/;
/** Made by Prometheus: labels of every series, and those of a histogram and of its own metrics. */
const COMMON_LABELS = ['job', 'instance', 'le', 'slice', 'quantile'];
const WORDS = new Set(['sum', 'by', 'rate', 'on', 'or', 'and', 'unless', 'count', 'max', 'min', 'avg', 'offset', 'time', 'topk', 'histogram_quantile', 'clamp_min', 'increase', 'min_over_time', 'ignoring', 'group_left']);

/** Names of metrics and labels in an expression that the contract does not know. */
function unknownIn(expr: string): string[] {
  const plain = expr.replace(/"[^"]*"/g, '""').replace(/\$\w+/g, '1m');
  const labels = [...plain.matchAll(/\b(?:by|on|ignoring) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim())).filter(Boolean);
  const bare = plain.replace(/\b(?:by|on|ignoring) \([^)]*\)/g, '');
  const selected = [...bare.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', list = '']) => [...list.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => ({ metric, label })));
  const metrics = [...bare.replace(/\{[^}]*\}/g, '').matchAll(/(?<![\w.])[a-z_]\w*/g)].map(([word]) => word).filter((word) => !WORDS.has(word));
  const known = (metric: string) => FOREIGN.test(metric) || metricOfSeries(metric) !== undefined;
  const labelsOf = (metric: string): readonly string[] => [...(metricOfSeries(metric)?.labels ?? []), ...COMMON_LABELS];
  return [
    ...(metrics.length === 0 ? ['no metric at all'] : []),
    ...metrics.filter((metric) => !known(metric)),
    ...selected.filter(({ metric, label }) => !FOREIGN.test(metric) && !labelsOf(metric).includes(label)).map(({ metric, label }) => `${metric}{${label}}`),
    ...labels.filter((label) => !metrics.some((metric) => labelsOf(metric).includes(label))).map((label) => `by ${label}`),
  ];
}

describe('the check of expressions', () => {
  it.each([
    ['hemostat_no_such_total', ['hemostat_no_such_total']],
    ['sum by (colour) (hemostat_container_ill)', ['by colour']],
    ['hemostat_container_ill{color="red"}', ['hemostat_container_ill{color}']],
    ['sum by (le) (rate(hemostat_container_ill_bucket[5m]))', ['hemostat_container_ill_bucket']],
    ['histogram_quantile(0.5, sum by (le) (rate(hemostat_analysis_confidence_bucket[5m]))) >= 0', []],
    ['time() - hemostat_exporter_snapshot_timestamp_seconds', []],
  ])('%s', (expr, wrong) => {
    expect(METRICS.length).toBeGreaterThan(50);
    expect(unknownIn(expr)).toEqual(wrong);
  });
});
