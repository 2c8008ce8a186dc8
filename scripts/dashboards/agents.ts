import { dashboard } from './parts/frame';
import { VERDICT_COLORS, bars, colourSeries, figure, graph, logBars, tableLegend, withLimits } from './parts/panels';
import { inRange, perMinute, zeroWhileAlive } from './parts/promql';
import { hemostat, instant, quantiles, series } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const NO_MODEL = 'No model was called: none is set, or nothing was ill';
const small = { width: 4, height: 4, noValue: NO_METRICS };
const half = { width: 12, height: 8, noValue: NO_METRICS };
const third = { width: 8, height: 8, noValue: NO_METRICS };

const agents = () => [
  graph({ ...half, id: 1, title: 'Agent Uptime', description: 'How long each copy of an agent runs. A line that falls to zero is a restart.', unit: 's' }, series('hemostat_agent_uptime_seconds', '{{agent_name}} {{copy}}')).legend(tableLegend('lastNotNull')),
  withLimits(
    graph({ ...half, id: 2, title: 'Last Sign of Life', description: 'Age of the last heartbeat of each copy. One that has gone is shown for a day.', unit: 's' }, series('time() - hemostat_agent_heartbeat_timestamp_seconds', '{{agent_name}} {{copy}}')),
    [[null, 'transparent'], [30, 'orange'], [60, 'red']]
  ).legend(tableLegend('lastNotNull')),
  graph({ ...third, id: 3, title: 'Entries Handled', description: 'Entries of the log that each agent handled a second.', unit: 'ops' }, series('sum by (agent_name) (rate(hemostat_agent_handled_total[$__rate_interval]))', '{{agent_name}}')),
  bars({ ...third, id: 4, title: 'Failures (per minute)', description: 'Times that handling an entry failed. It is tried again; after the last try it becomes a dead letter.' }, series(perMinute('sum by (agent_name)', 'hemostat_agent_failed_total'), '{{agent_name}}')),
  graph({ ...third, id: 5, title: 'Memory by Process', description: 'Memory of the process that an agent runs in. Agents of one process show the same figure.', unit: 'bytes' }, series('max by (agent_name) (hemostat_agent_resident_memory_bytes)', '{{agent_name}}')),
];

const analysis = () => [
  logBars({ ...third, id: 11, title: 'Work of the Agents', description: 'Events that the agents wrote, by type, from the counts of the log.', noValue: 'Nothing happened in this time range' }, hemostat({ queryType: 'frequency', filters: { types: ['health_alert', 'analysis_started', 'remediation_needed', 'false_alarm', 'remediation_complete', 'remediation_verified', 'notification_sent'] } })),
  bars({ ...third, id: 12, title: 'Who Decided (per minute)', description: 'Analyses by method: the language model, the rules, or a person.' }, series(perMinute('sum by (analysis_method)', 'hemostat_analysis_requests_total'), '{{analysis_method}}')),
  graph({ ...third, id: 13, title: 'Confidence (median by Result)', description: 'Median confidence of the analyses of a quarter of an hour.', unit: 'percentunit', noValue: 'No analysis in this time range' }, series('histogram_quantile(0.5, sum by (le, result_type) (rate(hemostat_analysis_confidence_bucket[15m]))) >= 0', '{{result_type}}')).max(1),
];

const cost = () => [
  figure({ ...small, id: 21, title: 'Model Cost', description: 'What the language model cost in the time range. Only where prices are set (HEMOSTAT_AI_PRICE_INPUT and HEMOSTAT_AI_PRICE_OUTPUT).', unit: 'currencyUSD' }, [[null, 'text'], [1, 'orange'], [10, 'red']], instant(inRange('hemostat_model_cost_usd_total'), 'cost')).decimals(4),
  figure({ ...small, id: 22, title: 'Model Calls', description: 'Calls of a language model in the time range.' }, [[null, 'text']], instant(inRange('hemostat_model_calls_total'), 'calls')).decimals(0),
  figure({ ...small, id: 23, title: 'Failed Calls', description: 'Calls without a usable answer. The rules decided in its place.' }, [[null, 'green'], [1, 'orange']], instant(inRange('hemostat_model_calls_total{outcome!="ok"}'), 'failed')).decimals(0),
  figure({ ...small, id: 24, title: 'Fallbacks', description: 'Analyses that the rules decided although a language model is set.' }, [[null, 'green'], [1, 'orange']], instant(inRange('hemostat_analysis_fallbacks_total'), 'fallbacks')).decimals(0),
  figure({ ...small, id: 25, title: 'Helped', description: 'Beside the cost: actions in the time range after which it was better.' }, [[null, 'text'], [1, 'green']], instant(inRange('hemostat_remediation_verdicts_total{verdict="helped"}'), 'helped')).decimals(0),
  figure({ ...small, id: 26, title: 'Cost per Help', description: 'Model cost over actions that helped.', unit: 'currencyUSD', noValue: 'none yet' }, [[null, 'text']], instant(`(${inRange('hemostat_model_cost_usd_total')}) / on () ((${inRange('hemostat_remediation_verdicts_total{verdict="helped"}')}) > 0)`, 'cost')).decimals(4),
  bars({ ...third, id: 27, title: 'Tokens (per minute)', description: 'Tokens sent to and got from the model.', noValue: NO_MODEL }, series(zeroWhileAlive(perMinute('sum by (model, direction)', 'hemostat_model_tokens_total')), '{{model}} {{direction}}')),
  graph({ ...third, id: 28, title: 'Model Call Duration (percentiles)', description: 'How long the model took to answer.', unit: 's', noValue: NO_MODEL }, ...quantiles('hemostat_model_call_duration_seconds', 'le', '15m')),
  bars({ ...third, id: 29, title: 'Effect (per minute)', description: 'Verdicts after actions: what the analyses were good for.' }, series(perMinute('sum by (verdict)', 'hemostat_remediation_verdicts_total'), '{{verdict}}')).overrides(colourSeries(VERDICT_COLORS)),
];

/** What the agents do, and what thinking costs beside what it achieves (R256). */
export const agentsAndCost = () =>
  dashboard({
    uid: DASHBOARDS.agents,
    title: 'HemoStat Agents and model cost',
    description: 'What the agents do, and what the language model costs beside what it achieves.',
    from: 'now-24h',
    variables: 'none',
    pages: [
      ['overview', 'Overview in HemoStat'],
      ['timeline', 'Timeline'],
    ],
    beside: [['observability', 'Agent observability']],
    marked: [],
    sections: [
      { id: 101, title: 'Agents', panels: agents() },
      { id: 102, title: 'Analysis', panels: analysis() },
      { id: 103, title: 'Model cost beside effect', panels: cost() },
    ],
  });
