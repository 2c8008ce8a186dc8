import { ADMIN, EDITOR, MACHINES, NONE, VIEWER, type Asker, type Question } from './both-doors';
import type { HemostatLog } from '../../agents/runtime/log';
import { AGENT_SERIES } from '../../src/contract/query';
import type { PartialQuery } from './core';
import { plantObserver, SMALL_PLAN } from './telemetry-data';

// What is asked at both doors, and where their answers differ by design.

export const DOORS = ['grpc', 'http'] as const;
export type DoorName = (typeof DOORS)[number];

/** Queries by name; `{id}` stands for the incident of web. At least one of every type. */
export const QUERIES: Array<{ name: string; query: PartialQuery; notice?: RegExp; empty?: true }> = [
  { name: 'events as log lines', query: { queryType: 'events' }, notice: /could not be read/ },
  { name: 'events as a table', query: { queryType: 'events', format: 'table', direction: 'forward' } },
  { name: 'events, one page', query: { queryType: 'events', limit: 2 }, notice: /newest 2 events/ },
  { name: 'events that are followed', query: { queryType: 'events', live: true, filters: { containers: ['web'] } } },
  { name: 'events that do not exist', query: { queryType: 'events', filters: { containers: ['nobody'] } }, empty: true },
  { name: 'frequency', query: { queryType: 'frequency' } },
  { name: 'incidents', query: { queryType: 'incidents' } },
  { name: 'remediations', query: { queryType: 'remediations' } },
  { name: 'containers', query: { queryType: 'containers' }, notice: /could not be read/ },
  { name: 'statistics', query: { queryType: 'statistics' } },
  { name: 'trace', query: { queryType: 'trace', target: '{id}' } },
  { name: 'dependents of one', query: { queryType: 'dependents', target: 'web' } },
  { name: 'dependents', query: { queryType: 'dependents' } },
  { name: 'container_metrics', query: { queryType: 'container_metrics', target: 'web', metrics: ['cpu_percent', 'network_rx_rate'] } },
  { name: 'shadow', query: { queryType: 'shadow' } },
  { name: 'what_if', query: { queryType: 'what_if', policy: { defaults: { mode: 'auto' } } } },
  { name: 'insights', query: { queryType: 'insights' } },
  { name: 'insights of one severity', query: { queryType: 'insights', filters: { severities: ['high'] } } },
  { name: 'annotations', query: { queryType: 'annotations' } },
  { name: 'annotations of all kinds', query: { queryType: 'annotations', annotate: 'all' } },
  { name: 'annotations of error rates', query: { queryType: 'annotations', annotate: 'errors' } },
  { name: 'system_status', query: { queryType: 'system_status' } },
  { name: 'components', query: { queryType: 'components' } },
  { name: 'components that are ill', query: { queryType: 'components', filters: { statuses: ['degraded', 'unhealthy'] } } },
  { name: 'breakers', query: { queryType: 'breakers' } },
  { name: 'health_history', query: { queryType: 'health_history' } },
  { name: 'agent_series', query: { queryType: 'agent_series', metrics: [...AGENT_SERIES] } },
  { name: 'agent_series of some', query: { queryType: 'agent_series', metrics: ['latency'], aggregation: 'p99', filters: { agents: ['monitor', 'analyzer'] } } },
  { name: 'agent_summary', query: { queryType: 'agent_summary' } },
  { name: 'agent_alerts', query: { queryType: 'agent_alerts' } },
  { name: 'error_groups', query: { queryType: 'error_groups' } },
  { name: 'agent_logs', query: { queryType: 'agent_logs', limit: 20 }, notice: /newest 20 log lines/ },
  { name: 'agent_traces', query: { queryType: 'agent_traces' } },
  { name: 'agent_traces, one', query: { queryType: 'agent_traces', target: '{trace}' } },
];

/** Calls that only read, by route; every GET route has at least one. A call is a query string, or a path of its own with one. */
export const READS: Record<string, string[]> = {
  status: [''],
  policy: [''],
  'policy/versions': [''],
  'policy/effective': ['?container=web', '?container=nobody'],
  'schema/filters': ['', '?surplus=1'],
  variables: ['', '?kind=incidents', '?kind=agents&text=MON', '?kind=colours', '?kind=hosts&kind=hosts'],
  remediations: ['', '?days=1'],
  insights: ['', '?severity=high', '?severity=odd'],
  incidents: ['', '?surplus=%F0%9F%9A%91'],
  'incidents/detail': ['?id={id}', '?id=nothing', ''],
  'events/detail': ['?id={event}', '?id=nothing', ''],
  containers: ['', '?cursor=%00'],
  'containers/detail': ['?key=host-1%2Fweb', '?key=host-1/web', '?key=nobody'],
  dashboard: ['', '?minutes=0'],
  'dashboard/health': [''],
  'dashboard/metrics/{metric_type}': ['dashboard/metrics/latency', 'dashboard/metrics/requests?aggregation=rate', 'dashboard/metrics/moon'],
  'dashboard/alerts': [''],
  'dashboard/logs': ['', '?level=error&limit=3'],
  'dashboard/traces': ['', '?status=error'],
  'dashboard/traces/{trace_id}': ['dashboard/traces/{trace}', 'dashboard/traces/nothing'],
  'dashboard/errors': [''],
  'dashboard/status': [''],
  'dashboard/status/metadata': [''],
  'dashboard/rules': [''],
};
/** Path and query string of one call of a route. */
export function callOf(route: string, call: string): [path: string, search: string] {
  const at = call.indexOf('?');
  const [path, search] = at < 0 ? [call, ''] : [call.slice(0, at), call.slice(at)];
  return [path || route, search];
}

/** What differs between two calls of one door already. */
export const MOVING: Record<string, { within: string; fields: readonly string[]; why: string }> = {
  status: { within: 'redis', fields: ['used_bytes', 'response_ms'], why: 'Redis allocates memory between two questions, and takes another time for each.' },
};

/** What the test's log holds. */
export interface Places {
  /** An incident that waits for an answer. */
  incident: string;
  /** Version of the policy in force. */
  version: string;
  /** An alert about HemoStat itself. */
  alert: string;
}
type Body = (places: Places) => unknown;
export const digest = 'd1'.repeat(32);
/** By route: what is sent. `{alert_id}` and `{name}` in a route stand for the test's own alert and rule. */
export const ACTIONS: Record<string, Body> = {
  'actions/acknowledge': ({ incident }) => ({ incident }),
  'actions/silence': ({ incident }) => ({ incident, minutes: 30, reason: 'deploying' }),
  'actions/unsilence': ({ incident }) => ({ incident }),
  'actions/resolve': ({ incident }) => ({ incident }),
  'actions/comment': ({ incident }) => ({ incident, text: 'looking at it' }),
  'actions/approve': ({ incident }) => ({ incident, digest }),
  'actions/reject': ({ incident }) => ({ incident, digest, reason: 'not now' }),
  'actions/remediate': () => ({ container: 'host-1/web', action: 'restart' }),
  'actions/maintenance': () => ({ scope: 'project:shop', minutes: 10 }),
  'actions/maintenance-end': () => ({ scope: 'project:shop' }),
  'actions/pause': () => ({ reason: 'stop it' }),
  'actions/resume': () => ({}),
  'actions/policy': ({ version }) => ({ policy: { defaults: { mode: 'approve' } }, version, reason: 'be careful' }),
  'dashboard/alerts/{alert_id}/acknowledge': () => ({ comment: 'looking at it' }),
  'dashboard/alerts/{alert_id}/silence': () => ({ duration_minutes: 30 }),
  'dashboard/alerts/{alert_id}/resolve': () => ({}),
  'dashboard/rules': () => OWN_RULE,
  'dashboard/rules/{name}/remove': () => ({}),
};
export const OWN_RULE = { name: 'own_rule', title: 'Own', scope: 'system', condition: 'cpu_percent > threshold', threshold: 50, severity: 'warning', type: 'resource_usage', message_template: 'CPU is {cpu_percent} %.' };
export const actionPath = (route: string, { alert }: Places): string => route.replace('{alert_id}', alert).replace('{name}', OWN_RULE.name);

/** What the acts of the dashboard are about: an observer that has looked, one alert, one rule of the user. @returns the alert's id */
export async function plantDashboard(log: HemostatLog, now: number): Promise<string> {
  const [alert] = await plantObserver(log, { ...SMALL_PLAN, now, historyHours: 0, alerts: 1 });
  await log.redis.hset(log.partition(0).agentAlertRules, OWN_RULE.name, JSON.stringify({ ...OWN_RULE, cooldown_minutes: 5, for_seconds: 0, window_minutes: 5, labels: {}, enabled: true, notify: true }));
  return alert?.alert_id ?? '';
}

export const EDITORS = [...['acknowledge', 'silence', 'unsilence', 'resolve', 'comment', 'maintenance', 'maintenance-end'].map((name) => `actions/${name}`), ...['acknowledge', 'silence', 'resolve'].map((name) => `dashboard/alerts/{alert_id}/${name}`)];

export interface Right {
  asker: Asker;
  may: readonly string[];
  /** Status of a refusal: the same through both doors, or the reason why not. */
  refused: Record<DoorName, number>;
  why?: string;
}
const FORBIDDEN = { grpc: 403, http: 403 };
export const RIGHTS: Right[] = [
  { asker: NONE, may: [], refused: { grpc: 403, http: 401 }, why: 'No token has the role None: who has no role has no token, and a call without a token is refused before its role is looked at.' },
  { asker: VIEWER, may: [], refused: FORBIDDEN },
  { asker: EDITOR, may: EDITORS, refused: FORBIDDEN },
  { asker: ADMIN, may: Object.keys(ACTIONS), refused: FORBIDDEN },
  ...MACHINES.map((asker) => ({ asker, may: [], refused: FORBIDDEN })),
];

/** Queries that go wrong, or look as if they might. `otherWords` says why the words of the two doors differ where they do. */
export const QUERY_FAULTS: Array<{ name: string; question: Question; status: number; words?: RegExp; otherWords?: string }> = [
  { name: 'no JSON', question: { json: '{' }, status: 400, otherWords: 'HTTP sends all queries in one document, which is refused as a whole.' },
  { name: 'a list', question: { json: [] }, status: 400, otherWords: 'HTTP names the place in the document.' },
  { name: 'a text', question: { json: '"events"' }, status: 400, otherWords: 'HTTP names the place in the document.' },
  { name: 'an unknown type', question: { json: { queryType: 'everything' } }, status: 400, words: /queryType/ },
  { name: 'a number as type', question: { json: { queryType: 5 } }, status: 400, words: /queryType/ },
  { name: 'an empty type', question: { json: { queryType: '' } }, status: 200 },
  { name: 'no type', question: { json: { queryType: null } }, status: 200 },
  { name: 'a limit of 0', question: { json: { limit: 0 } }, status: 400, words: /limit/ },
  { name: 'filters that are a list', question: { json: { filters: [1] } }, status: 400, words: /filters/ },
  { name: 'a cursor of no place', question: { json: { cursor: '%%%' } }, status: 400, words: /cursor/ },
  { name: 'a pattern that is none', question: { json: { adhoc: [{ key: 'container', operator: '=~', value: '(' }] } }, status: 400 },
  { name: 'a trace of the agents that is not there', question: { json: { queryType: 'agent_traces', target: 'nothing' } }, status: 404, words: /^Trace nothing not found/ },
  { name: 'an unknown figure', question: { json: { queryType: 'agent_series', metrics: ['moon'] } }, status: 400, words: /No such figure: moon/ },
  { name: 'an unknown aggregation', question: { json: { queryType: 'agent_series', aggregation: 'median' } }, status: 400, words: /aggregation/ },
  { name: 'the status of a system that nobody has looked at', question: { json: { queryType: 'system_status' } }, status: 503, words: /^Dashboard not initialized\. Start the observer/ },
  { name: 'the history of a system that nobody has looked at', question: { json: { queryType: 'health_history' } }, status: 503, words: /^Dashboard not initialized/ },
  { name: 'figures of agents that have done nothing', question: { json: { queryType: 'agent_series' } }, status: 200 },
  { name: 'a trace of nothing', question: { json: { queryType: 'trace', target: 'nothing' } }, status: 404 },
  { name: 'a policy that is none', question: { json: { queryType: 'what_if', policy: { nonsense: 1 } } }, status: 400, words: /policy/ },
  { name: 'a range that ends before it begins', question: { json: {}, range: { from: 2000, to: 1000 } }, status: 400, words: /before it begins/, otherWords: 'Grafana has a time picker to point to.' },
  { name: 'a range before 1970', question: { json: {}, range: { from: -5000, to: -1 } }, status: 200 },
  { name: 'a range without end', question: { json: {}, range: { from: 0, to: Number.MAX_SAFE_INTEGER } }, status: 200 },
  { name: 'unknown fields', question: { json: { datasource: { uid: 'x' }, hide: false, '1': [] } }, status: 200 },
  { name: 'an empty refId', question: { refId: '', json: {} }, status: 200 },
  { name: 'a refId with every kind of character', question: { refId: '🚑 "\\\u0000\n<b>', json: {} }, status: 200 },
  { name: 'a refId of 100 characters', question: { refId: 'x'.repeat(100), json: {} }, status: 200 },
  { name: 'a refId of 101 characters', question: { refId: 'x'.repeat(101), json: {} }, status: 400, words: /refId/, otherWords: 'HTTP names the place in the document.' },
  { name: 'a refId that every object has', question: { refId: 'constructor', json: {} }, status: 200 },
];

export const RESOURCE_FAULTS: Array<{ name: string; method: string; path: string; search?: string; body?: string | Uint8Array; status: number }> = [
  { name: 'an unknown path', method: 'GET', path: 'nothing', status: 404 },
  { name: 'a path below a resource', method: 'GET', path: 'policy/nothing', status: 404 },
  { name: 'a path with dots', method: 'GET', path: 'incidents/../policy', status: 404 },
  { name: 'a doubled slash', method: 'GET', path: 'policy//versions', status: 404 },
  { name: 'a path of another alphabet', method: 'GET', path: 'politik/größe 🚑', status: 404 },
  { name: 'a very long path', method: 'GET', path: 'x/'.repeat(2000) + 'y', status: 404 },
  { name: 'another method', method: 'POST', path: 'policy', body: '{}', status: 405 },
  { name: 'a method that nothing has', method: 'DELETE', path: 'policy', status: 405 },
  { name: 'an action that is only read', method: 'GET', path: 'actions/pause', status: 405 },
  { name: 'a call of the dashboard before an observer has looked', method: 'GET', path: 'dashboard', status: 503 },
  { name: 'an act of the dashboard that names a user', method: 'POST', path: 'dashboard/rules', body: '{"user":"mallory"}', status: 400 },
  { name: 'a path below a trace', method: 'GET', path: 'dashboard/traces/a/b', status: 404 },
  { name: 'a trace with dots', method: 'GET', path: 'dashboard/traces/..', status: 404 },
  { name: 'an unknown parameter', method: 'GET', path: 'policy', search: '?surplus=1', status: 400 },
  { name: 'a body that is no JSON', method: 'POST', path: 'actions/pause', body: '{', status: 400 },
  { name: 'a body that is a list', method: 'POST', path: 'actions/pause', body: '[]', status: 400 },
  { name: 'a body that is not UTF-8', method: 'POST', path: 'actions/pause', body: Uint8Array.of(0x22, 0xff, 0x22), status: 400 },
  { name: 'a body that names another user', method: 'POST', path: 'actions/pause', body: '{"user":"mallory"}', status: 400 },
  { name: 'a body of more than a megabyte', method: 'POST', path: 'actions/pause', body: `{"reason":"${'x'.repeat(1_000_000)}"}`, status: 413 },
];
/** The HTTP server refuses the body before the core reads it, in words of its own. */
export const OTHER_WORDS = [413];
