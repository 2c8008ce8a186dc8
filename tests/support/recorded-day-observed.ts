import { VERSION } from '../../agents/runtime/version';
import type { AgentAlert } from '../../src/contract/events';
import type { Breaker, Component, HistoryPoint, Observed } from '../../src/contract/observability/schemas';
import { historyPointOf } from '../../src/contract/observability/status';
import { seededRandom } from '../../scripts/demo-fleet/random';
import { AGENTS } from './recorded-day-background';
import { MEMBERS, memberOf } from './recorded-day-fleet';
import { containerKey } from '../../src/contract/events';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (ms: number) => new Date(ms).toISOString();

/** Parts without which nothing is healed. */
const NEEDED = ['monitor', 'analyzer', 'responder'];
const well = { status: 'healthy', has_error: false, error_message: null, mend: null } as const;

function component(name: string, kind: Component['kind'], at: number, own: Partial<Component> = {}): Component {
  return { name, kind, ...well, response_time_ms: null, last_check: iso(at - 1200), critical: kind === 'redis' || kind === 'docker' || NEEDED.includes(name), ...own };
}

/** Every part of the system at a moment: one is down, one is impaired. */
function components(at: number): Component[] {
  const hosts = [...new Set(MEMBERS.map(({ host }) => host))].sort();
  return [
    component('redis', 'redis', at, { response_time_ms: 1.4 }),
    ...hosts.map((host, index) =>
      component(`docker:${host}`, 'docker', at, index === hosts.length - 1 ? { status: 'degraded', response_time_ms: 1840, has_error: true, error_message: `The Docker engine of ${host} answers slowly: 1.8 s for its list of containers.`, mend: 'See what keeps it busy there: docker events, and the load of the machine.' } : { response_time_ms: 21 + index * 6 })
    ),
    ...AGENTS.map((agent, index) => component(agent, 'agent', at, { response_time_ms: 180 + index * 70 })),
    component('model', 'model', at, { response_time_ms: 64 }),
    component('prometheus', 'prometheus', at, { response_time_ms: 9 }),
    component('alertmanager', 'alertmanager', at, { status: 'unhealthy', has_error: true, error_message: 'Alertmanager at http://alertmanager:9093 cannot be reached: connect ECONNREFUSED.', mend: 'Start it (docker compose up -d alertmanager), or unset ALERTMANAGER_URL.' }),
    component('grafana', 'grafana', at, { response_time_ms: 17 }),
  ];
}

function breakers(at: number): Breaker[] {
  const acted = ['shop-web-1', 'shop-api-1', 'shop-search-2', 'media-thumbs-1', 'intranet-chat-1', 'lab-notebook'].map(memberOf);
  const closed = acted.map((member, index): Breaker => ({ name: containerKey(member), kind: 'container', state: 'closed', failure_count: index % 2, success_rate: index % 2 === 0 ? 1 : 0.75, avg_response_time: 320 + index * 95, total_calls: 4 + index, free_at: null }));
  return [
    ...closed,
    { name: containerKey(memberOf('queue-worker-3')), kind: 'container', state: 'open', failure_count: 3, success_rate: 0.25, avg_response_time: 1130, total_calls: 4, free_at: iso(at + 31 * MINUTE) },
    { name: 'model (updater)', kind: 'model', state: 'half_open', failure_count: 5, success_rate: 0.62, avg_response_time: 4380, total_calls: 21, free_at: null },
    { name: 'model (analyzer)', kind: 'model', state: 'closed', failure_count: 0, success_rate: 0.91, avg_response_time: 2610, total_calls: 23, free_at: null },
  ];
}

/** Percent, as a machine is used over a day. @param part 0 to 1, what is random of it */
const busyness = (at: number, mean: number, swing: number, part: number): number => Math.round((mean + swing * Math.sin((at / (24 * HOUR)) * 2 * Math.PI) + 6 * (part - 0.5)) * 10) / 10;

/** What the observer of the recorded day sees at a moment. @param part 0 to 1, what is random of its figures */
export function observedAt(at: number, since: number, part = 0.5): Observed {
  const [cpu, memory] = [busyness(at, 38, 14, part), busyness(at, 63, 4, part)];
  return {
    at: iso(at),
    since: iso(since),
    version: VERSION,
    instance: 'rack-1-417',
    components: components(at),
    breakers: breakers(at),
    resources: { cpu_percent: cpu, memory_percent: memory, disk_percent: 91.4, memory_used_mb: Math.round(327.68 * memory), memory_total_mb: 32_768, disk_used_gb: 457, disk_total_gb: 500, load_average: [1.92, 1.71, 1.64] },
    waiting: 0,
    dropped: { logs: 0, spans: 38, figures: 0 },
    telemetry_bytes: 21 * 1024 ** 2,
    telemetry_max_bytes: 64 * 1024 ** 2,
  };
}

/** Down only lately: before that the day was better, but for an hour in which the model server was away. */
const sinceWhen: Readonly<Record<string, number>> = { alertmanager: 14 * MINUTE, 'docker:rack-2': 50 * MINUTE };

function componentThen(one: Component, at: number, now: number): Component {
  const lasts = sinceWhen[one.name] ?? 0;
  return at < now - lasts ? { ...one, ...well, response_time_ms: one.response_time_ms === null ? null : Math.min(one.response_time_ms, 90) } : one;
}

/** The history of the day, a point a minute: an hour in which nothing could be told of the machine, one with the model away. */
export function historyOf(now: number, since: number): HistoryPoint[] {
  const random = seededRandom(77);
  const begin = Math.max(since, now - 24 * HOUR);
  return Array.from({ length: Math.floor((now - begin) / MINUTE) }, (_, index) => {
    const at = begin + index * MINUTE;
    const seen = observedAt(at, since, random());
    const away = Math.abs(at - (now - 13 * HOUR)) < 7 * MINUTE;
    const blind = Math.abs(at - (now - 17 * HOUR)) < 25 * MINUTE;
    return historyPointOf({
      ...seen,
      components: seen.components.map((one) => (away && one.name === 'model' ? { ...one, status: 'unhealthy', response_time_ms: null } : componentThen(one, at, now))),
      breakers: seen.breakers.map((one) => (at < now - 40 * MINUTE ? { ...one, state: 'closed' } : one)),
      resources: blind ? { ...seen.resources, cpu_percent: null, memory_percent: null } : seen.resources,
    });
  });
}

type AlertWords = Pick<AgentAlert, 'rule' | 'name' | 'type' | 'severity' | 'message'> & Partial<AgentAlert> & { item?: string; ago: number };

function alert(now: number, index: number, { item = '', ago, ...words }: AlertWords): AgentAlert {
  return {
    alert_id: `${(0x3f2a91c0 + index * 0x1d07b3).toString(16)}-51c7-4c1e-9a52-6d2f0b8e7a1${index.toString(16)}`,
    revision: 1,
    condition: item ? `${words.rule}|${item}` : words.rule,
    status: 'firing',
    labels: {},
    triggered_at: iso(now - ago),
    resolved_at: null,
    notify: true,
    ...words,
  };
}

/** Alerts about HemoStat itself in every state; the last one was over two hours ago. */
export function agentAlerts(now: number): AgentAlert[] {
  const worker = containerKey(memberOf('queue-worker-3'));
  const lines: AlertWords[] = [
    { rule: 'circuit_breaker_open', item: worker, ago: 9 * MINUTE, name: `Circuit Breaker Open: ${worker}`, type: 'circuit_breaker', severity: 'critical', message: `Circuit breaker ${worker} is open after 3 failures in a row: it refuses all calls.` },
    { rule: 'high_disk_usage', ago: 35 * MINUTE, name: 'High Disk Usage', type: 'resource_usage', severity: 'critical', message: 'Disk usage is 91.40%, above the threshold of 90.00%.', value: 91.4, threshold: 90, status: 'acknowledged', acknowledged_by: 'rosa', acknowledged_at: iso(now - 28 * MINUTE), comment: 'The old images of media go tonight.', revision: 2 },
    { rule: 'component_unhealthy', item: 'alertmanager', ago: 14 * MINUTE, name: 'alertmanager is down', type: 'system_health', severity: 'error', message: 'Alertmanager at http://alertmanager:9093 cannot be reached: connect ECONNREFUSED.' },
    { rule: 'system_degraded', ago: 50 * MINUTE, name: 'System Degraded', type: 'system_health', severity: 'warning', message: 'Functionality is reduced: docker:rack-2, alertmanager.' },
    { rule: 'high_latency', ago: 95 * MINUTE, name: 'High Latency', type: 'performance', severity: 'warning', message: 'Mean latency of the agents is 2310.00 ms, above the threshold of 2000.00 ms.', labels: { component: 'agent', type: 'performance' }, value: 2310, threshold: 2000, status: 'silenced', silenced_by: 'omar', silenced_until: iso(now + 3 * HOUR), revision: 2 },
    { rule: 'circuit_breaker_testing', item: 'model (updater)', ago: 3 * MINUTE, name: 'Circuit Breaker Testing: model (updater)', type: 'circuit_breaker', severity: 'info', message: 'Circuit breaker model (updater) is half open: recovery is being tested.' },
    { rule: 'high_error_rate', ago: 2 * HOUR + 20 * MINUTE, name: 'High Error Rate', type: 'reliability', severity: 'critical', message: 'Error rate of the agents is 6.40%, above the threshold of 5.00%.', labels: { component: 'agent', type: 'reliability' }, value: 6.4, threshold: 5, status: 'resolved', resolved_at: iso(now - 2 * HOUR), revision: 2 },
  ];
  return lines.map((words, index) => alert(now, index, words));
}
