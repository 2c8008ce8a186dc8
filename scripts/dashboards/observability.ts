import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { GraphDrawStyle, LineInterpolation, LogsSortOrder, PercentChangeColorMode, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { AGENT_NAMES } from '../../src/contract/events';
import { AGENT_CHARTS } from '../../src/contract/observability/charts';
import type { Aggregation } from '../../src/contract/observability/schemas';
import type { AgentSeries } from '../../src/contract/query';
import { CHOSEN_AGENTS, OF_CHOSEN_AGENTS, dashboard } from './parts/frame';
import { lastRow, logLinesByQuery } from './parts/log-panels';
import { AGENT_ALERT_COLORS, BROKEN, SHORT_ID, TRACE_COLORS, WHOLE, coloured, logBars, logGraph, logTable, shortLegend, withLimits, type About, type Steps } from './parts/panels';
import { hemostat } from './parts/queries';
import { DASHBOARDS, HEMOSTAT } from './parts/sources';

const NOTHING_DONE = 'The agents did nothing in this time range';
const NO_MODEL = 'No model was called in this time range';
const card = { width: 6, height: 5, noValue: NOTHING_DONE };
const half = { width: 12, height: 8, noValue: NOTHING_DONE };
/** A graph with figures in its legend, where the words would stand at each name. */
const told = { ...half, noValue: '–' };
const third = { width: 8, height: 8, noValue: NO_MODEL };

const summary = () => hemostat({ queryType: 'agent_summary', adhoc: OF_CHOSEN_AGENTS });
const figures = (metric: AgentSeries, aggregation?: Aggregation, refId = 'A') => hemostat({ queryType: 'agent_series', metrics: [metric], adhoc: OF_CHOSEN_AGENTS, ...(aggregation ? { aggregation } : {}) }, refId);

/** R428 to R435. The figure is judged as it is shown: 500.4 ms is shown as 500, which is not above 500. */
function statCard(id: number, title: string, field: string, description: string, unit: string, decimals: number, steps: Steps) {
  return lastRow({ ...card, id, title, description }, steps, field, summary()).overrideByName(field, [
    { id: 'unit', value: unit },
    { id: 'decimals', value: decimals },
  ]);
}

const cards = () => [
  statCard(1, 'System Health', 'health', 'Health of the agents, 0 to 100, from error rate (0.4), 99th percentile of latency (0.4) and active alerts (0.2). Healthy from 90, critical below 70.', 'suffix:/ 100', 0, [[null, 'red'], [70, 'orange'], [90, 'green']]),
  statCard(2, 'Avg Latency', 'latency', 'Mean time that handling an event or a request took, and the change against the period before (0 % where nothing was measured then). Warning above 500 ms, critical above 1000 ms.', 'suffix:ms', 0, [[null, 'green'], [500.5, 'orange'], [1000.5, 'red']]).showPercentChange(true).percentChangeColorMode(PercentChangeColorMode.SameAsValue),
  statCard(3, 'Error Rate', 'error_rate', 'Errors over requests, and the change against the period before (0 % where nothing was measured then). Warning above 1 %, critical above 5 %.', 'suffix:%', 2, [[null, 'green'], [1.005, 'orange'], [5.005, 'red']]).showPercentChange(true).percentChangeColorMode(PercentChangeColorMode.SameAsValue),
  statCard(4, 'Throughput', 'throughput', 'Events and requests that were handled a second, and the change against the period before (0 % where nothing was measured then).', 'suffix:req/s', 1, [[null, 'green']]).showPercentChange(true).percentChangeColorMode(PercentChangeColorMode.SameAsValue),
];

type ChartName = keyof typeof AGENT_CHARTS;
/** What the data source calls the line of all agents together. */
const ALL_AGENTS: Readonly<Record<ChartName, string>> = { latency: 'Latency', throughput: 'Requests', errors: 'Errors', tokens: 'Tokens' };
const SHAPES: Readonly<Record<string, (panel: TimeseriesBuilder) => TimeseriesBuilder>> = {
  line: (panel) => panel.lineWidth(2).lineInterpolation(LineInterpolation.Smooth),
  area: (panel) => panel.lineWidth(2).fillOpacity(25).lineInterpolation(LineInterpolation.Smooth),
  bar: (panel) => panel.drawStyle(GraphDrawStyle.Bars).fillOpacity(80).lineWidth(0),
};

/** One of R423 to R426: title, series, colour and axis are those of the page. */
function chart(id: number, of: ChartName, description: string, unit: string): TimeseriesBuilder {
  const { metric, title, name, type, color, yLabel } = AGENT_CHARTS[of];
  const panel = logGraph({ ...half, id, title, description, unit }, figures(metric)).axisLabel(yLabel);
  return (SHAPES[type] ?? ((same) => same))(panel).overrideByName(ALL_AGENTS[of], [{ id: 'displayName', value: name }, { id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
}

const charts = () => [
  withLimits(chart(11, 'latency', 'Mean time that handling an event or a request took.', 'ms'), [[null, 'transparent'], [500, 'orange'], [1000, 'red']]),
  chart(12, 'throughput', 'Events and requests that were handled.', 'short').decimals(0),
  chart(13, 'errors', 'Events and requests whose handling failed.', 'short').decimals(0),
  chart(14, 'tokens', 'Tokens of model calls, in and out.', 'short'),
];

const PERCENTILES = ['p50', 'p90', 'p99'] as const;
const percentiles = (about: About, metric: AgentSeries) => logLinesByQuery(about, PERCENTILES.map((name) => [name, figures(metric, name, name)] as const)).legend(shortLegend('lastNotNull', 'max'));

/** All that handle something by themselves. Each has a line, whoever is chosen on top. The operator is a person, and the bridge rests where no original runs. */
const AGENTS = [...AGENT_NAMES.filter((name) => name !== 'operator' && name !== 'bridge'), 'api'];
const byAgent = (metric: AgentSeries) => hemostat({ queryType: 'agent_series', metrics: [metric], filters: { agents: AGENTS } });

const agents = () => [
  withLimits(percentiles({ ...told, id: 21, title: 'Latency (percentiles)', description: 'Half, nine tenths and all but one in a hundred requests stayed under these.', unit: 'ms' }, 'latency'), [[null, 'transparent'], [1000, 'orange'], [5000, 'red']]),
  logGraph({ ...told, id: 22, title: 'Latency by Agent', description: 'Mean latency of each agent. A point stands alone where an agent had work in one minute only.', unit: 'ms' }, byAgent('latency')).showPoints(VisibilityMode.Auto).legend(shortLegend('mean')),
  logBars({ ...told, id: 23, title: 'Requests by Agent', description: 'Events and requests that each agent handled.' }, byAgent('requests')).legend(shortLegend('sum')),
  logBars({ ...told, id: 24, title: 'Errors by Agent', description: 'Events and requests that each agent could not handle.' }, byAgent('errors')).legend(shortLegend('sum')),
];

const models = () => [
  lastRow({ ...third, height: 4, id: 31, title: 'Tokens', description: 'Tokens of all model calls in the time range, in and out.' }, [[null, 'text']], 'tokens', summary()).overrideByName('tokens', WHOLE),
  lastRow({ ...third, height: 4, id: 32, title: 'Model Calls', description: 'Calls of language models in the time range.' }, [[null, 'text']], 'model_calls', summary()).overrideByName('model_calls', WHOLE),
  lastRow({ ...third, height: 4, id: 33, title: 'Model Cost', description: 'What the model calls in the time range cost. Only where prices are set (HEMOSTAT_AI_PRICE_INPUT and HEMOSTAT_AI_PRICE_OUTPUT).', noValue: 'no prices set, or no call', unit: 'currencyUSD' }, [[null, 'text'], [1, 'orange'], [10, 'red']], 'cost', summary()).decimals(4),
  logBars({ ...third, id: 34, title: 'Tokens by Agent', description: 'Who asks the models.' }, byAgent('tokens')),
  percentiles({ ...third, noValue: '–', id: 35, title: 'Tokens of a Call (percentiles)', description: 'How long questions and answers are together.' }, 'tokens').showPoints(VisibilityMode.Always).pointSize(6),
  logBars({ ...third, id: 36, title: 'Cost over Time', description: 'Cost of model calls, by agent.', unit: 'currencyUSD' }, byAgent('cost')),
];

const errors = () => [
  logTable(
    { id: 41, title: 'Error Groups', description: 'Errors of the same kind and wording together, the most frequent first. The trace shows one of them step by step.', width: 24, height: 8, noValue: 'No error in this time range' },
    { count: ['Count', 85], severity: ['Severity', 100], error_type: ['Kind', 150], message: 'Latest message', agents: ['Agents', 150], first_seen: ['First seen', 170], last_seen: ['Last seen', 170], sample_trace: ['Trace', 100] },
    hemostat({ queryType: 'error_groups', limit: 50, filters: CHOSEN_AGENTS })
  )
    .overrideByName('Severity', coloured(AGENT_ALERT_COLORS))
    .overrideByName('Latest message', BROKEN)
    .overrideByName('Trace', SHORT_ID),
];

const traces = () => [
  logTable(
    { id: 51, title: 'Traces', description: 'What the agents did, one trace an incident, newest first. A trace leads to its steps with model calls, tokens and cost.', width: 24, height: 11, noValue: 'No trace in this time range' },
    {
      time: ['Began', 170],
      trace: ['Trace', 100],
      name: ['First step', 150],
      status: ['Status', 80],
      duration: ['Lasted', 95],
      agents: 'Agents',
      spans: ['Steps', 80],
      model_calls: ['Model calls', 112],
      input_tokens: ['Tokens in', 100],
      output_tokens: ['Tokens out', 110],
      cost: ['Cost', 95],
    },
    hemostat({ queryType: 'agent_traces', limit: 100, filters: CHOSEN_AGENTS })
  )
    .overrideByName('Status', coloured(TRACE_COLORS))
    .overrideByName('Agents', BROKEN)
    .overrideByName('Cost', [{ id: 'decimals', value: 4 }])
    .overrideByName('Tokens in', WHOLE)
    .overrideByName('Tokens out', WHOLE)
    .overrideByName('Trace', SHORT_ID),
];

const logPanel = () =>
  new LogsBuilder()
    .id(61)
    .title('Logs of the Agents')
    .description('What the agents log about their own work, newest first. A line with a trace leads to it.')
    .span(24)
    .height(12)
    .noValue('No log line in this time range')
    .datasource({ ...HEMOSTAT })
    .targets([hemostat({ queryType: 'agent_logs', limit: 200, filters: CHOSEN_AGENTS })])
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .build();

/** The agent before its words; the library for dashboards does not know this option yet. */
function logs(): Array<Builder<Panel>> {
  const panel = logPanel();
  const options = { ...(panel.options as object), displayedFields: ['agent', '___LOG_LINE_BODY___'] };
  return [{ build: () => ({ ...panel, options }) }];
}

/** What the agents do, how fast, at what cost, and what goes wrong (R341 to R435). */
export const observability = () =>
  dashboard({
    uid: DASHBOARDS.observability,
    title: 'HemoStat Agent observability',
    description: 'What the agents do, how fast, at what cost, and what goes wrong: cards, charts, errors, traces and logs of their own telemetry.',
    from: 'now-1h',
    variables: 'agents',
    pages: [['agents', 'Agents in HemoStat']],
    beside: [
      ['system', 'System status'],
      ['agents', 'Agents and model cost'],
    ],
    // So many incidents would hide the charts: they are there to be switched on.
    marked: [],
    sections: [
      { id: 101, title: 'At one look', panels: cards() },
      { id: 102, title: 'Over time', panels: charts() },
      { id: 103, title: 'Percentiles and agents', panels: agents() },
      { id: 104, title: 'Language models', panels: models() },
      { id: 105, title: 'Errors', panels: errors() },
      { id: 106, title: 'Traces', panels: traces() },
      { id: 107, title: 'Logs', panels: logs() },
    ],
  });
