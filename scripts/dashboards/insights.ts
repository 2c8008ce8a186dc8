import { dashboard } from './parts/frame';
import { SEVERITY_COLORS, coloured, figure, graph, logTable, withLimits } from './parts/panels';
import { shareOf, zeroWhileAlive } from './parts/promql';
import { hemostat, instant, series } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const small = { width: 6, height: 4, noValue: NO_METRICS };

const rates = () => [
  graph({ id: 1, width: 18, height: 8, title: 'Active Incidents', description: 'Containers that are ill now; times of high error rates are marked.', noValue: NO_METRICS }, series('sum(hemostat_incidents_active)', 'incidents')),
  withLimits(graph({ id: 2, width: 6, height: 8, title: 'Failed Remediations', description: 'Share of the actions of the last ten minutes that failed, without refusals and dry runs; above 0.05 it is an episode.', unit: 'percentunit', noValue: NO_METRICS }, series(shareOf('hemostat_remediation_attempts_total{status="failed"}', 'hemostat_remediation_attempts_total{status=~"success|failed"}', '10m'), 'failed')), [[null, 'transparent'], [0.05, 'red']]),
];

const found = () => [
  logTable(
    { id: 11, title: 'Insights', description: 'What the updater found in the series of dashboards, newest first.', width: 24, height: 10, noValue: 'Nothing was analysed in this time range: does the updater run?' },
    { time: ['Time', 170], dashboard: ['Dashboard', 180], kind: ['Kind', 150], severity: ['Severity', 90], summary: 'Summary', recommendations: 'To do', method: ['Worded by', 100] },
    hemostat({ queryType: 'insights', limit: 200 })
  ).overrideByName('Severity', coloured(SEVERITY_COLORS)),
  logTable(
    { id: 12, title: 'Error Rates above their Limit', description: 'When an error rate was above its limit, and why. The page Insights has the evidence.', width: 24, height: 8, noValue: 'No error rate was above its limit in this time range' },
    { time: ['Began', 170], timeEnd: ['Ended', 170], title: ['Rate', 260], text: 'Explanation' },
    hemostat({ queryType: 'annotations', annotate: 'errors', limit: 200 })
  ),
];

const itself = () => [
  figure({ ...small, id: 21, title: 'Analyses', description: 'Analyses of dashboards in the log.' }, [[null, 'blue']], instant(zeroWhileAlive('sum(hemostat_log_entries_total{type="insight_made"})'), 'made')).decimals(0),
  figure({ ...small, id: 22, title: 'Failed Analyses', description: 'Analyses that came to nothing; the page Insights says why.' }, [[null, 'green'], [1, 'orange']], instant(zeroWhileAlive('sum(hemostat_log_entries_total{type="insight_failed"})'), 'failed')).decimals(0),
];

/** What the updater found out: insights, and error rates above their limit with their cause (R313 to R340). */
export const insights = () =>
  dashboard({
    uid: DASHBOARDS.insights,
    title: 'HemoStat AI insights',
    description: 'What the series of dashboards show, and why error rates were above their limit.',
    from: 'now-24h',
    variables: 'none',
    pages: [
      ['insights', 'Insights in HemoStat'],
      ['overview', 'Overview in HemoStat'],
    ],
    marked: [1, 2],
    sections: [
      { id: 101, title: 'Error rates', panels: rates() },
      { id: 102, title: 'Found', panels: found() },
      { id: 103, title: 'The updater', panels: itself() },
    ],
  });
