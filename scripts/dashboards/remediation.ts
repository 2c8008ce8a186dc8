import { BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import { CHOSEN, dashboard } from './parts/frame';
import { RESULT_COLORS, STATE_COLORS, SEVERITY_COLORS, VERDICT_COLORS, bars, colourSeries, coloured, figure, graph, logFigure, logTable, withLimits, type About } from './parts/panels';
import { OF_EVENTS, inRange, perMinute, zeroWhileAlive } from './parts/promql';
import { hemostat, instant, quantiles, series } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const statistics = () => hemostat({ queryType: 'statistics', filters: CHOSEN });

const fromLog = (id: number, title: string, field: string, description: string, color: string, height = 4) =>
  logFigure({ id, title, description, width: 4, height, noValue: 'none yet' }, [[null, 'text'], [1, color]], field, statistics()).decimals(0);

const results = () => [
  logFigure(
    { id: 1, title: 'Success Rate', description: 'Actions that were done, over done and failed. Refused ones were never attempted and do not count. Green above 80 %, yellow from 50 %, red below.', width: 4, height: 4, noValue: 'none yet', unit: 'percent' },
    [[null, 'red'], [50, 'yellow'], [80.001, 'green']],
    'success_rate',
    statistics()
  ).decimals(1),
  fromLog(2, 'Done', 'success', 'Actions that were done in the time range.', 'green'),
  fromLog(3, 'Failed', 'failed', 'Actions that the engine refused or did not finish.', 'red'),
  fromLog(4, 'Refused', 'rejected', 'Actions that a guard refused, such as cooldown or circuit breaker.', 'orange'),
  fromLog(5, 'Dry Runs', 'dry_run', 'Actions that would have been done in mode auto.', 'blue'),
  fromLog(6, 'False Alarms', 'false_alarms', 'Alerts that the analysis held to be false. Counted over everything: empty while a host, project or container is chosen.', 'blue'),
];

const proof = () => [
  fromLog(11, 'Helped', 'helped', 'Actions after which the same figures were better, measured by the responder.', 'green', 7),
  fromLog(12, 'No Change', 'no_change', 'Actions that changed nothing: the cause lies elsewhere.', 'orange', 7),
  fromLog(13, 'Worse', 'worse', 'Actions after which it was worse.', 'red', 7),
  bars({ id: 14, title: 'Verdicts (per minute)', description: 'What the comparison of before and after said, by the minute.', width: 12, height: 7, noValue: NO_METRICS }, series(perMinute('sum by (verdict)', 'hemostat_remediation_verdicts_total'), '{{verdict}}')).overrides(colourSeries(VERDICT_COLORS)),
];

const remediationTable: About = { id: 15, title: 'Remediations with Proof of Effect', description: 'Each action with its figures before and after, newest first. The container and the incident lead to their pages.', width: 24, height: 11, noValue: 'No action in this time range' };

const cases = () => [
  logTable(
    remediationTable,
    {
      time: ['Time', 170],
      container: ['Container', 230],
      action: 'Action',
      status: 'Result',
      verdict: 'Effect',
      cpu_before: 'CPU before',
      cpu_after: 'CPU after',
      memory_before: 'Memory before',
      memory_after: 'Memory after',
      duration: 'Took',
      guard: 'Refused by',
      reason: ['Why', 420],
      incident: ['Incident', 290],
    },
    hemostat({ queryType: 'remediations', limit: 200, filters: CHOSEN })
  )
    .overrideByName('Result', coloured(RESULT_COLORS))
    .overrideByName('Effect', coloured(VERDICT_COLORS)),
  logTable(
    { id: 16, title: 'Incidents', description: 'What fell ill, why, and how it stands. Last changed first.', width: 24, height: 11, noValue: 'No incident in this time range' },
    {
      time: ['Opened', 185],
      container: ['Container', 230],
      state: 'State',
      severity: 'Severity',
      illness: 'Illness',
      cause: ['Cause', 420],
      confidence: 'Confidence',
      method: 'By',
      action: 'Action',
      verdict: 'Effect',
      duration: 'Lasted',
      incident: ['Incident', 290],
    },
    hemostat({ queryType: 'incidents', limit: 200, filters: CHOSEN })
  )
    .overrideByName('State', coloured(STATE_COLORS))
    .overrideByName('Severity', coloured(SEVERITY_COLORS))
    .overrideByName('Effect', coloured(VERDICT_COLORS)),
];

const attempts = (status: string) => inRange(`hemostat_remediation_attempts_total{host=~"$host", container_name=~"$container", status${status}}`);

const guards = () => [
  bars({ id: 21, title: 'Refusals by Guard (per minute)', description: 'Which guard kept the responder from acting. Each refusal with its limit and measured value is in the table above.', width: 8, height: 8, noValue: NO_METRICS }, series(perMinute('sum by (guard)', 'hemostat_guard_refusals_total'), '{{guard}}')),
  withLimits(
    graph({ id: 22, title: 'Time to Remediation (percentiles)', description: 'From detection to the end of the action.', width: 8, height: 8, noValue: 'No action in this time range', unit: 's' }, ...quantiles('hemostat_time_to_remediation_seconds', 'le', '15m')),
    [[null, 'transparent'], [60, 'orange'], [300, 'red']]
  ),
  graph({ id: 27, title: 'Time to Detection (percentiles)', description: 'From the beginning of the illness to the alert.', width: 8, height: 8, noValue: 'No alert in this time range', unit: 's' }, ...quantiles('hemostat_time_to_detection_seconds', 'le', '15m')),
  figure(
    { id: 23, title: 'Circuit Breakers Open', description: 'Containers that the responder gave up on for a while, after several failures in a row.', width: 6, height: 4, noValue: NO_METRICS },
    [[null, 'green'], [1, 'red']],
    instant(zeroWhileAlive(`sum(hemostat_circuit_breaker_open${OF_EVENTS})`), 'open')
  ).decimals(0),
  figure(
    { id: 24, title: 'In Cooldown', description: 'Containers that were acted on a short time ago and are left alone until the cooldown ends.', width: 6, height: 4, noValue: NO_METRICS },
    [[null, 'text'], [1, 'blue']],
    instant(zeroWhileAlive(`sum(hemostat_remediation_cooldown_active${OF_EVENTS})`), 'in cooldown')
  ).decimals(0),
  figure(
    { id: 25, title: 'Waiting for Approval', description: 'Actions that a person must allow or refuse. They expire.', width: 6, height: 4, noValue: NO_METRICS },
    [[null, 'green'], [1, 'purple']],
    instant(zeroWhileAlive('sum(hemostat_approvals_waiting)'), 'waiting')
  ).decimals(0),
  figure(
    { id: 26, title: 'Success Rate by Metric', description: 'The same rate as above, from the counters of Prometheus over the time range.', width: 6, height: 4, noValue: 'none yet', unit: 'percentunit' },
    [[null, 'red'], [0.5, 'yellow'], [0.80001, 'green']],
    instant(`(${attempts('="success"')}) / on () ((${attempts('=~"success|failed"')}) > 0)`, 'rate')
  ).graphMode(BigValueGraphMode.None).decimals(1),
];

/** What was done, whether it helped, and why other things were not done (R256). */
export const remediation = () =>
  dashboard({
    uid: DASHBOARDS.remediation,
    title: 'HemoStat Remediation and proof of effect',
    description: 'What was done, whether it helped, and why other things were not done.',
    from: 'now-24h',
    variables: 'fleet',
    pages: [
      ['history', 'History in HemoStat'],
      ['issues', 'Active issues'],
      ['policy', 'Policy'],
    ],
    marked: [14, 21],
    sections: [
      { id: 101, title: 'Results', panels: results() },
      { id: 102, title: 'Proof of effect', panels: proof() },
      { id: 103, title: 'Cases', panels: cases() },
      { id: 104, title: 'Guards and time', panels: guards() },
    ],
  });
