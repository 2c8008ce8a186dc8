import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { METRICS, metricOfSeries } from '../../src/contract/metrics';

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
interface RuleFile {
  groups: Array<{ name: string; rules: Rule[] }>;
}
interface RuleTest {
  name: string;
  input_series?: Array<{ series: string }>;
  promql_expr_test?: Array<{ expr: string; exp_samples?: unknown[] }>;
}

const root = path.join(__dirname, '../..');
const folder = path.join(root, 'monitoring/prometheus');
const filesOf = (place: string, ending: string) => readdirSync(path.join(folder, place)).filter((name) => name.endsWith(ending)).map((name) => path.join(folder, place, name));
const ruleFiles = filesOf('rules', '.yml');
const testFiles = filesOf('tests', '.test.yml');
const groups = ruleFiles.flatMap((file) => (parse(readFileSync(file, 'utf8')) as RuleFile).groups);
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const names = alerts.map((rule) => rule.alert ?? '');
const tests = testFiles.flatMap((file) => (parse(readFileSync(file, 'utf8')) as { tests: RuleTest[] }).tests);
const promtool = (...args: string[]) => execFileSync('promtool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const runbooks = path.join(root, 'docs/runbooks');

/** Words of an expression that could be names of series: no strings, labels in braces, functions, durations, numbers. */
function seriesOf(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '').replace(/\{[^}]*\}/g, '').replace(/\[[^\]]*\]/g, '').replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, '').replace(/\boffset\s+\w+/g, '');
  return [...new Set(bare.match(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g) ?? [])].filter((word) => !['and', 'or', 'unless', 'bool'].includes(word));
}

const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
/** What Prometheus and Grafana say of themselves, and what a scrape adds. */
const FOREIGN = /^(up|scrape_duration_seconds|process_cpu_seconds_total|prometheus_\w+|ALERTS)$/;
const isKnown = (series: string) => recorded.has(series) || FOREIGN.test(series) || metricOfSeries(series) !== undefined;

describe('the rules of Prometheus', () => {
  it('are valid with the configuration (R207 to R211, R218)', () => {
    expect(promtool('check', 'config', path.join(folder, 'prometheus.yml'))).toContain('SUCCESS');
    expect(promtool('check', 'rules', ...ruleFiles)).toContain('SUCCESS');
  });

  it('fire and stay silent as their tests say (R274)', () => {
    expect(promtool('test', 'rules', ...testFiles)).toContain('SUCCESS');
  });

  it('are all there (R219 to R226, R230, and those that the public documentation completes)', () => {
    expect(names).toEqual(
      expect.arrayContaining(['HighContainerCPU', 'HighContainerMemory', 'ExcessiveContainerRestarts', 'SlowAnalysisResponse', 'HighRemediationFailureRate', 'HighAlertFailureRate', 'MetricsExporterDown', 'NoHealthAlertsDetected', 'LowAnalysisConfidence', 'SlowRemediationExecution', 'HighAlertDeduplicationRate'])
    );
    expect(groups.map((group) => group.name)).toEqual(expect.arrayContaining(['hemostat_container_health', 'hemostat_system_performance', 'hemostat_system_health']));
    expect(new Set(names).size).toBe(names.length);
    expect(recorded).toContain('job:hemostat_cpu_avg:5m');
  });

  it.each(names)('%s has a test that fires and one that stays silent', (name) => {
    const about = (test: RuleTest) => test.promql_expr_test?.filter(({ expr }) => expr.includes(`alertname="${name}"`)) ?? [];
    const firing = tests.filter((test) => test.name.startsWith(`${name} fires`)).flatMap(about);
    expect(firing.some(({ exp_samples: samples = [] }) => samples.length > 0)).toBe(true);
    // Watchdog is meant never to be silent.
    const silent = tests.filter((test) => test.name.startsWith(`${name} stays silent`)).flatMap(about);
    expect(name === 'Watchdog' || (silent.length > 0 && silent.every(({ exp_samples: samples = [] }) => samples.length === 0))).toBe(true);
  });

  it.each(alerts)('$alert tells severity, component, texts, runbook and dashboard', (rule) => {
    expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(critical|warning|info|none)$/) as string, component: expect.stringMatching(/^[a-z]+$/) as string });
    expect(Object.keys(rule.annotations ?? {})).toEqual(['summary', 'description', 'runbook_url', 'dashboard_url']);
    expect(rule.annotations?.runbook_url).toBe(`{{ $externalLabels.runbooks }}/${rule.alert ?? ''}.md`);
    expect(rule.for !== undefined || rule.alert === 'Watchdog').toBe(true);
  });

  it('ask for series that the exporter serves', () => {
    const asked = rules.map((rule) => ({ rule: rule.alert ?? rule.record, unknown: seriesOf(rule.expr).filter((series) => !isKnown(series)) }));
    expect(asked.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
    expect(rules.flatMap((rule) => seriesOf(rule.expr)).length).toBeGreaterThan(50);
  });

  it('and their tests know the same series', () => {
    const series = tests.flatMap((test) => test.input_series ?? []).map(({ series: text }) => text.replace(/\{.*$/s, ''));
    expect([...new Set(series)].filter((name) => !isKnown(name))).toEqual([]);
  });

  it('their tests give every series the labels of the contract', () => {
    const wrong = tests.flatMap((test) => test.input_series ?? []).flatMap(({ series }) => {
      const [, name = '', labels = ''] = /^([\w:]+)\{(.*)\}$/s.exec(series) ?? [];
      const known = METRICS.find((metric) => metric.name === metricOfSeries(name)?.name)?.labels;
      const given = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      return known ? given.filter((label) => ![...known, 'job', 'instance', 'le'].includes(label)).map((label) => `${name}: ${label}`) : [];
    });
    expect([...new Set(wrong)]).toEqual([]);
  });
});

describe('the runbooks', () => {
  it.each(names)('%s has a page with its four parts', (name) => {
    const file = path.join(runbooks, `${name}.md`);
    expect(existsSync(file)).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
    expect(text).toMatch(/```console|```promql/);
  });

  it('are all in the index, and nothing else is', () => {
    const index = readFileSync(path.join(runbooks, 'README.md'), 'utf8');
    expect([...index.matchAll(/\]\((\w+)\.md\)/g)].map(([, name = '']) => name).sort()).toEqual([...names].sort());
    expect(readdirSync(runbooks).sort()).toEqual([...names.map((name) => `${name}.md`), 'README.md'].sort());
  });

  it('ask for series that exist', () => {
    const queries = readdirSync(runbooks).flatMap((file) => [...readFileSync(path.join(runbooks, file), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n')));
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.flatMap(seriesOf).filter((series) => !isKnown(series))).toEqual([]);
  });
});
