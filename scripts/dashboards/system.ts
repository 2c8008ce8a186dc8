import { BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import { dashboard } from './parts/frame';
import { logFigures, logLines } from './parts/log-panels';
import { AGENT_ALERT_COLORS, AGO, ALERT_STATE_COLORS, BREAKER_COLORS, BROKEN, COMPONENT_COLORS, SHORT_ID, YES, coloured, logFigure, logTable, withLimits, type Steps } from './parts/panels';
import { hemostat } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NOT_LOOKED = 'The observer has not looked yet';
const small = { width: 6, height: 4, noValue: NOT_LOOKED };
const triple = { width: 8, height: 4, noValue: NOT_LOOKED };
const third = { width: 8, height: 8, noValue: 'The observer has not looked in this time range' };

const status = () => hemostat({ queryType: 'system_status' });
/** R154: a value that is the limit is no alert, so colours begin a little above. */
const above = (limit: number, color: string): Steps => [[null, 'green'], [limit + 0.01, color]];
/** Of percents of which 100 is well. */
const best: Steps = [[null, 'red'], [50, 'orange'], [99.99, 'green']];
const anyIs = (color: string): Steps => [[null, 'text'], [1, color]];

const now = () => [
  logFigure({ ...small, id: 1, title: 'Overall Status', description: 'Unhealthy: something is down without which nothing is healed. Degraded: something else is down or impaired.' }, [[null, 'text']], 'status', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 2, title: 'Health Score', description: '0 to 100, from availability (0.3), circuit breakers (0.25), CPU (0.2), memory (0.15) and response time (0.1). What is unknown is left out. Green above 80, red below 50.' }, [[null, 'red'], [50, 'orange'], [80.01, 'green']], 'health_score', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 3, title: 'Availability', description: 'Parts that are healthy or degraded, of all parts.' }, best, 'availability', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 6, title: 'Active Alerts', description: 'Alerts about the parts of the system that fire or are acknowledged. The table below has each, and those about the work of the agents.' }, [[null, 'green'], [1, 'orange']], 'alerts', status()).graphMode(BigValueGraphMode.None),
  logFigures({ ...triple, id: 7, title: 'Parts', description: 'Parts of the system by how they are.' }, { components_healthy: { heading: 'healthy', steps: [[null, 'green']] }, components_degraded: { heading: 'degraded', steps: anyIs('orange') }, components_unhealthy: { heading: 'unhealthy', steps: anyIs('red') } }, status()),
  logFigures({ ...triple, id: 8, title: 'Circuit Breakers', description: 'An open one refuses all calls; a half-open one tests whether it is well again.' }, { breakers_closed: { heading: 'closed', steps: [[null, 'green']] }, breakers_half_open: { heading: 'half open', steps: anyIs('orange') }, breakers_open: { heading: 'open', steps: anyIs('red') } }, status()),
  logFigures({ ...triple, id: 9, title: 'Alerts by Severity', description: 'The same alerts by severity. Those of severity error count as critical, so that none is missed.' }, { alerts_critical: { heading: 'critical', steps: anyIs('red') }, alerts_warning: { heading: 'warning', steps: anyIs('orange') }, alerts_info: { heading: 'info', steps: anyIs('blue') } }, status()),
  logFigure({ ...small, id: 4, title: 'Response Time', description: 'Of all parts whose response time is measured. The rule "Slow Response Times" fires above 5 s.', noValue: 'not measured' }, [[null, 'green'], [1000, 'orange'], [5000.01, 'red']], 'response_time', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 5, title: 'Breaker Health', description: 'Circuit breakers that let calls through, of all; 100 % where there is none.' }, best, 'circuit_breaker_health', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 15, title: 'Uptime', description: 'Since the observer first saw the system.' }, [[null, 'text']], 'uptime', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 16, title: 'Telemetry', description: 'What logs, traces and figures of the agents take in Redis, about. The oldest goes first when it is too much.' }, [[null, 'text']], 'telemetry', status()).graphMode(BigValueGraphMode.None),
];

const resources = () => [
  logFigure({ ...small, id: 11, title: 'CPU', description: 'Of the machine that the observer runs on. The rule "High CPU Usage" fires above 80 %.', noValue: 'not measured' }, above(80, 'red'), 'cpu', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 12, title: 'Memory', description: 'Of the machine that the observer runs on. The rule "High Memory Usage" fires above 85 %.', noValue: 'not measured' }, above(85, 'red'), 'memory', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 13, title: 'Disk', description: 'Of the machine that the observer runs on. The rule "High Disk Usage" fires above 90 %.', noValue: 'not measured' }, above(90, 'red'), 'disk', status()).graphMode(BigValueGraphMode.None),
  logFigure({ ...small, id: 14, title: 'Load', description: 'Load average of one minute.', noValue: 'not measured' }, [[null, 'text']], 'load', status()).graphMode(BigValueGraphMode.None),
];

const history = () => hemostat({ queryType: 'health_history' });

const day = () => [
  withLimits(
    logLines(
      { ...third, id: 21, title: 'Health over Time', description: 'Score, availability and closed breakers, as the observer saw them. It keeps a day.', unit: 'none' },
      // One axis: all three go from 0 to 100.
      { health_score: { heading: 'Score', color: 'blue', unit: 'none' }, availability: { heading: 'Availability %', color: 'green', unit: 'none' }, circuit_breaker_health: { heading: 'Breakers closed %', color: 'purple', unit: 'none' } },
      history()
    ),
    [[null, 'transparent'], [50, 'red']]
  ).max(100),
  logLines({ ...third, id: 22, title: 'Mean Response Time', description: 'Of all parts whose response time is measured.', unit: 'ms' }, { response_time: { heading: 'Response time', color: 'blue' } }, history()),
  withLimits(
    logLines({ ...third, id: 23, title: 'CPU and Memory', description: 'Of the machine that the observer runs on. A gap: it could not be measured.', unit: 'percent' }, { cpu: { heading: 'CPU', color: 'orange' }, memory: { heading: 'Memory', color: 'purple' } }, history()),
    [[null, 'transparent'], [80, 'orange'], [85, 'red']]
  ).max(100),
];

const parts = () => [
  logTable(
    { id: 31, title: 'Components', description: 'Every part of the system as the observer sees it now, those that are ill first. The time range plays no part. Without a needed one nothing is healed.', width: 24, height: 11, noValue: NOT_LOOKED },
    { name: ['Part', 160], status: ['State', 105], kind: ['Kind', 115], critical: ['Needed', 95], response_time: ['Answers in', 115], last_check: ['Last check', 150], error: 'What is wrong', mend: 'What to do' },
    hemostat({ queryType: 'components' })
  )
    .overrideByName('State', coloured(COMPONENT_COLORS))
    .overrideByName('Needed', YES)
    .overrideByName('Last check', AGO)
    .overrideByName('What is wrong', BROKEN)
    .overrideByName('What to do', BROKEN),
  logTable(
    { id: 32, title: 'Breakers', description: 'Circuit breakers of containers and of models, as they are now.', width: 24, height: 9, noValue: 'No circuit breaker yet: nothing was called' },
    { name: ['Breaker', 280], state: ['State', 110], kind: ['Kind', 120], failures: 'Failures in a row', success_rate: 'Success rate', response_time: 'Mean time', calls: 'Calls', free_at: ['Lets go', 150], container: ['Container', 260] },
    hemostat({ queryType: 'breakers' })
  )
    .overrideByName('State', coloured(BREAKER_COLORS))
    .overrideByName('Lets go', AGO),
];

const alerts = () => [
  logTable(
    { id: 41, title: 'Alerts', description: 'Alerts about HemoStat itself that are not over, the most urgent first. Acknowledge, silence or resolve them on the page Agents.', width: 24, height: 11, noValue: 'No alert: all is well' },
    { severity: ['Severity', 95], status: ['State', 125], name: ['Alert', 210], message: 'What it says', time: ['Since', 125], acknowledged_by: ['Taken on by', 118], alert: ['Details', 92] },
    hemostat({ queryType: 'agent_alerts', filters: { statuses: ['firing', 'acknowledged', 'silenced'] } })
  )
    .overrideByName('Severity', coloured(AGENT_ALERT_COLORS))
    .overrideByName('State', coloured(ALERT_STATE_COLORS))
    .overrideByName('Alert', BROKEN)
    .overrideByName('What it says', BROKEN)
    .overrideByName('Since', AGO)
    .overrideByName('Details', SHORT_ID),
  logTable(
    { id: 42, title: 'What Changed', description: 'Alerts, troubles, starts and ends of agents in the time range, newest first.', width: 24, height: 9, noValue: 'Nothing in this time range' },
    { time: ['Time', 170], type: ['What', 140], agent: ['Agent', 120], text: 'Text' },
    hemostat({ queryType: 'events', format: 'table', limit: 200, filters: { types: ['agent_alert', 'agent_trouble', 'agent_started', 'agent_stopped'] } })
  ),
];

/** How HemoStat itself is, part by part, as its observer sees it (R087 to R173). */
export const system = () =>
  dashboard({
    uid: DASHBOARDS.system,
    title: 'HemoStat System status',
    description: 'How HemoStat itself is, part by part: health, components, circuit breakers, resources and alerts, as its observer sees them.',
    from: 'now-24h',
    variables: 'none',
    pages: [['system', 'System status in HemoStat']],
    beside: [
      ['observability', 'Agent observability'],
      ['itself', 'HemoStat itself'],
    ],
    marked: [],
    sections: [
      { id: 101, title: 'How is it?', panels: now() },
      { id: 102, title: 'Resources', panels: resources() },
      { id: 103, title: 'The last day', panels: day() },
      { id: 104, title: 'Alerts', panels: alerts() },
      { id: 105, title: 'Parts', panels: parts() },
    ],
  });
