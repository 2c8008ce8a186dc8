import { colourByLastWord, colourSeries, containerLink, figure, graph, bars, tableLegend, withLimits, RESULT_COLORS, SEVERITY_COLORS, type About } from './parts/panels';
import { dashboard } from './parts/frame';
import { CONTAINER_LEGEND, OF_CONTAINER, OF_EVENTS, byContainer, perMinute, zeroWhileAlive } from './parts/promql';
import { instant, quantiles, series } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const small = { width: 6, height: 5, noValue: NO_METRICS };
const half = { width: 12, height: 9, noValue: NO_METRICS };
const third = { width: 8, height: 8, noValue: NO_METRICS };

const summary = () => [
  figure(
    { ...small, id: 1, title: 'Monitored Containers', description: 'Containers that the monitor knows now, stopped ones included.' },
    [[null, 'red'], [1, 'green']],
    series(`count(hemostat_container_info${OF_CONTAINER})`, 'containers')
  ).decimals(0),
  figure(
    { ...small, id: 2, title: 'Health Alerts (per minute)', description: 'Alerts of the monitor, repeated ones included: an ill container is told of again after 30 s, later every 5 minutes. Above 2 a minute several containers are ill at once.' },
    [[null, 'green'], [2, 'orange'], [10, 'red']],
    series(zeroWhileAlive(perMinute('sum', `hemostat_health_alerts_total${OF_EVENTS}`)), 'alerts')
  ).decimals(1),
  figure(
    { ...small, id: 3, title: 'Analysis Confidence (median)', description: 'Median confidence of the analyses in the time range. Below 70 % the analyzer takes an alert for a false alarm unless told otherwise (ANALYZER_CONFIDENCE_THRESHOLD); below 50 % the rule LowAnalysisConfidence fires.', noValue: 'No analysis in this time range', unit: 'percentunit' },
    [[null, 'red'], [0.5, 'orange'], [0.7, 'green']],
    instant('histogram_quantile(0.5, sum by (le) (increase(hemostat_analysis_confidence_bucket[$__range]))) >= 0', 'confidence')
  ).min(0).max(1).decimals(0),
  figure(
    { ...small, id: 4, title: 'Remediations (per minute)', description: 'Actions that ended, refused ones and dry runs included.' },
    [[null, 'green'], [2, 'orange'], [10, 'red']],
    series(zeroWhileAlive(perMinute('sum', `hemostat_remediation_attempts_total${OF_EVENTS}`)), 'remediations')
  ).decimals(1),
];

const health = () => [
  withLimits(
    graph({ ...half, id: 5, title: 'Container CPU Usage', description: 'Percent of one core. Ill above 85 % for a while (THRESHOLD_CPU_PERCENT); the rule HighContainerCPU fires above 90 % for 2 minutes.', unit: 'percent' }, series(byContainer(`hemostat_container_cpu_percent${OF_CONTAINER}`), CONTAINER_LEGEND)),
    [[null, 'transparent'], [85, 'orange'], [90, 'red']]
  ).dataLinks([containerLink()]).legend(tableLegend('lastNotNull')),
  withLimits(
    graph({ ...half, id: 6, title: 'Container Memory Usage', description: 'Percent of the limit of the container, page cache left out. Ill above 80 % for a while (THRESHOLD_MEMORY_PERCENT); the rule HighContainerMemory fires above 90 % for 2 minutes.', unit: 'percent' }, series(byContainer(`hemostat_container_memory_percent${OF_CONTAINER}`), CONTAINER_LEGEND)),
    [[null, 'transparent'], [80, 'orange'], [90, 'red']]
  ).max(100).dataLinks([containerLink()]).legend(tableLegend('lastNotNull')),
];

const resultTypes: About = { ...third, id: 8, title: 'Analysis Requests (per minute)', description: 'Analyses by what they came to: an action is needed, or a false alarm; by the language model or by the rules.' };

const activity = () => [
  bars({ ...third, id: 7, title: 'Health Alerts by Severity (per minute)', description: 'Alerts by the worst of their anomalies.' }, series(perMinute('sum by (severity)', `hemostat_health_alerts_total${OF_EVENTS}`), '{{severity}}')).overrides(colourSeries(SEVERITY_COLORS)),
  bars(resultTypes, series(perMinute('sum by (result_type)', 'hemostat_analysis_requests_total'), '{{result_type}}')),
  bars({ ...third, id: 9, title: 'Remediation Attempts (per minute)', description: 'Actions by what became of them. A refused one was never attempted: its guard is on the dashboard about remediation.' }, series(perMinute('sum by (action, status)', `hemostat_remediation_attempts_total${OF_EVENTS}`), '{{action}} {{status}}')).overrides(colourByLastWord(RESULT_COLORS)),
];

const performance = () => [
  withLimits(
    graph({ ...half, id: 10, title: 'Analysis Duration (percentiles)', description: 'How long analyses took, the model included. The rule SlowAnalysisResponse fires while p95 is above 10 s.', unit: 's', noValue: 'No analysis in this time range' }, ...quantiles('hemostat_analysis_duration_seconds', 'le')),
    [[null, 'transparent'], [10, 'red']]
  ),
  withLimits(
    graph({ ...half, id: 11, title: 'Remediation Duration (percentiles)', description: 'How long actions took from the call to the engine to its answer. The rule SlowRemediationExecution fires while p95 is above 60 s.', unit: 's', noValue: 'No action in this time range' }, ...quantiles('hemostat_remediation_duration_seconds', 'le')),
    [[null, 'transparent'], [60, 'red']]
  ),
];

/** The overview of R244 to R255: exactly these eleven panels in these four sections. */
export const overview = () =>
  dashboard({
    uid: DASHBOARDS.overview,
    title: 'HemoStat Overview',
    description: 'Containers, alerts, analyses and remediations at one look.',
    from: 'now-1h',
    variables: 'fleet',
    pages: [
      ['overview', 'Overview in HemoStat'],
      ['issues', 'Active issues'],
      ['timeline', 'Timeline'],
    ],
    marked: [5, 6],
    sections: [
      { id: 101, title: 'Summary Metrics', panels: summary() },
      { id: 102, title: 'Container Health Graphs', panels: health() },
      { id: 103, title: 'System Activity', panels: activity() },
      { id: 104, title: 'Performance Metrics', panels: performance() },
    ],
  });
