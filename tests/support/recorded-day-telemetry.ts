import { rawEntries } from '../../agents/runtime/consumer';
import { derivedId } from '../../agents/runtime/ids';
import type { HemostatLog } from '../../agents/runtime/log';
import { transitionOf } from '../../agents/observer/alerts/commands';
import { decodeEvent } from '../../src/contract/codec';
import { ENVELOPE_VERSION, type AgentAlert, type EventOf, type HemostatEvent } from '../../src/contract/events';
import { distributionOf } from '../../src/contract/observability/histogram';
import type { LogEntry, MinuteFigures, Span } from '../../src/contract/observability/schemas';
import { historyPointOf } from '../../src/contract/observability/status';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { seededRandom } from '../../scripts/demo-fleet/random';
import { agentAlerts, historyOf, observedAt } from './recorded-day-observed';
import { linesOf, spansOf } from './recorded-day-spans';
import type { Tale } from './recorded-day-tale';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();

/** What each agent does whether anything is ill or not: how often a minute, and for how long, milliseconds. */
const HABITS: ReadonlyArray<{ agent: string; requests: number; latency: number; says: string }> = [
  { agent: 'monitor', requests: 12, latency: 140, says: 'looked at 48 containers' },
  { agent: 'observer', requests: 12, latency: 36, says: 'looked at every part of the system' },
  { agent: 'exporter', requests: 4, latency: 11, says: 'answered a scrape' },
  { agent: 'updater', requests: 1, latency: 420, says: 'evaluated 12 series' },
];

/** One line that nobody would have written on purpose: what it says is text. */
const HOSTILE = 'docker log driver of lab-notebook says: <img src=x onerror="alert(1)"> password=[redacted]';

function habitualFigures(minute: number, random: () => number): Array<[agent: string, figures: MinuteFigures]> {
  const busy = 1 + 0.35 * Math.sin((minute / DAY) * 2 * Math.PI);
  return HABITS.map(({ agent, requests, latency }) => {
    const latencies = Array.from({ length: requests }, () => Math.round(latency * busy * (0.6 + 0.9 * random())));
    return [agent, { requests, errors: random() < 0.015 ? 1 : 0, latency: distributionOf(latencies) }];
  });
}

/** What the handling of incidents adds: each step is a request of its agent in the minute of its begin. */
function handlingFigures(spans: ReadonlyMap<string, readonly Span[]>): Map<string, Map<string, Span[]>> {
  const minutes = new Map<string, Map<string, Span[]>>();
  for (const span of [...spans.values()].flat()) {
    const minute = String(Math.floor(Date.parse(span.start_time) / MINUTE) * MINUTE);
    const agents = minutes.get(minute) ?? new Map<string, Span[]>();
    agents.set(span.service, [...(agents.get(span.service) ?? []), span]);
    minutes.set(minute, agents);
  }
  return minutes;
}

const isCall = ({ name }: Span): boolean => name.startsWith('chat ');
/** Steps that wait for a person or for the effect by design are not measured. */
const LONG_MS = 30_000;

function figuresOfSpans(spans: readonly Span[]): MinuteFigures {
  const calls = spans.filter(isCall);
  const steps = spans.filter((span) => !isCall(span));
  const sum = (name: string) => calls.reduce((total, { attributes }) => total + Number(attributes[name] ?? 0), 0);
  const latency = distributionOf(steps.map(({ duration_ms: ms }) => ms).filter((ms) => ms < LONG_MS));
  const tokens = distributionOf(calls.map(({ attributes }) => Number(attributes['gen_ai.usage.input_tokens'] ?? 0) + Number(attributes['gen_ai.usage.output_tokens'] ?? 0)));
  return {
    requests: steps.length,
    errors: steps.filter(({ status }) => status === 'error').length,
    ...(latency && { latency }),
    ...(tokens && { tokens, tokens_input: sum('gen_ai.usage.input_tokens'), tokens_output: sum('gen_ai.usage.output_tokens'), cost_usd: sum('hemostat.cost_usd') }),
  };
}

async function writeMinutes(log: HemostatLog, from: number, to: number, spans: ReadonlyMap<string, readonly Span[]>): Promise<void> {
  const keys = telemetryKeys(log.options.prefix);
  const random = seededRandom(4096);
  const handled = handlingFigures(spans);
  const pipeline = log.redis.pipeline();
  for (let minute = Math.floor(from / MINUTE) * MINUTE; minute < to; minute += MINUTE) {
    const ofHour = Math.floor((minute % HOUR) / MINUTE);
    const mine = [...(handled.get(String(minute)) ?? [])].map(([agent, steps]) => [agent, figuresOfSpans(steps)] as const);
    // Monitor and updater take part in incidents as well: their handling goes over their habits in that minute.
    for (const [agent, figures] of new Map([...habitualFigures(minute, random), ...mine])) {
      pipeline.hset(keys.minutes(Math.floor(minute / HOUR)), `${ofHour}|${agent}`, JSON.stringify(figures));
    }
  }
  await pipeline.exec();
}

async function writeTraces(log: HemostatLog, spans: ReadonlyMap<string, readonly Span[]>): Promise<void> {
  const keys = telemetryKeys(log.options.prefix);
  const pipeline = log.redis.pipeline();
  for (const [id, steps] of spans) {
    const [root] = steps;
    if (!root) {
      continue;
    }
    const starts = steps.map(({ start_time: at }) => Date.parse(at));
    const end = Math.max(...steps.map(({ start_time: at, duration_ms: ms }) => Date.parse(at) + ms));
    const start = Math.min(...starts);
    pipeline.zadd(keys.traces, start, id);
    pipeline.hset(keys.trace(id), ...steps.flatMap((span) => [span.span_id, JSON.stringify(span)]));
    pipeline.hset(keys.trace(id), '#start', start, '#end', end, '#errors', steps.filter(({ status }) => status === 'error').length, '#spans', steps.length, '#dropped', 0, '#root', root.name, '#agent', root.service);
  }
  await pipeline.exec();
}

/** Work that belongs to no incident: an analysis of dashboards, an hour apart. */
function otherTraces(now: number): Map<string, Span[]> {
  return new Map(
    Array.from({ length: 8 }, (_, index) => {
      const begin = now - 11 * MINUTE - index * HOUR;
      const id = derivedId('recorded trace', index).replaceAll('-', '');
      const root: Span = { span_id: `${index}`.padStart(16, 'a'), parent_span_id: '', name: 'evaluate error rates', service: 'updater', kind: 'internal', start_time: iso(begin), duration_ms: 412, status: 'ok', attributes: { series: 12 } };
      const asked: Span = { span_id: `${index}`.padStart(16, 'b'), parent_span_id: root.span_id, name: 'query Prometheus', service: 'updater', kind: 'client', start_time: iso(begin + 9), duration_ms: 371, status: index === 3 ? 'error' : 'ok', ...(index === 3 ? { status_message: 'Prometheus answers 503' } : {}), attributes: { 'server.address': 'prometheus' } };
      return [id, [root, asked]] as const;
    })
  );
}

function habitualLines(now: number): LogEntry[] {
  const random = seededRandom(31);
  const lines = Array.from({ length: 720 }, (_, index): LogEntry => {
    const habit = HABITS[index % HABITS.length] ?? HABITS[0];
    return { timestamp: iso(now - DAY + index * 2 * MINUTE + Math.floor(random() * MINUTE)), level: 'debug', message: `${habit?.says ?? ''} in ${Math.round((habit?.latency ?? 0) * (0.7 + 0.6 * random()))} ms`, agent_id: habit?.agent ?? 'monitor', trace_id: '', attributes: { instance: 'rack-1-410' } };
  });
  const failing = Array.from({ length: 9 }, (_, index): LogEntry => ({ timestamp: iso(now - 14 * MINUTE + index * 90_000), level: 'error', message: 'Alertmanager cannot be reached: connect ECONNREFUSED 10.0.3.12:9093', agent_id: 'observer', trace_id: '', attributes: { error_type: 'ConnectionError', attempt: index + 1 } }));
  const hostile: LogEntry = { timestamp: iso(now - 4 * MINUTE), level: 'warn', message: HOSTILE, agent_id: 'monitor', trace_id: '', attributes: { container: 'lab-notebook' } };
  return [...lines, ...failing, hostile];
}

async function writeLines(log: HemostatLog, lines: readonly LogEntry[]): Promise<void> {
  const keys = telemetryKeys(log.options.prefix);
  const pipeline = log.redis.pipeline();
  for (const line of lines.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))) {
    const id = `${Date.parse(line.timestamp)}-*`;
    pipeline.xadd(keys.logs, id, 'json', JSON.stringify(line));
    if (line.level === 'error' || line.attributes.error_type !== undefined) {
      pipeline.xadd(keys.errors, id, 'json', JSON.stringify(line));
    }
  }
  await pipeline.exec();
}

/** The audit of alerts about HemoStat itself, as the observer writes it into the log. */
export function alertEvents(now: number): HemostatEvent[] {
  const changes: ReadonlyArray<{ of: ReadonlyArray<AgentAlert['status']>; change: EventOf<'agent_alert'>['data']['change']; at: (alert: AgentAlert) => string; user: (alert: AgentAlert) => string }> = [
    { of: ['firing', 'acknowledged', 'silenced', 'resolved'], change: 'fired', at: ({ triggered_at: at }) => at, user: () => '' },
    { of: ['acknowledged'], change: 'acknowledged', at: ({ acknowledged_at: at }) => at ?? '', user: ({ acknowledged_by: user }) => user ?? '' },
    { of: ['silenced'], change: 'silenced', at: ({ triggered_at: at }) => iso(Date.parse(at) + 4 * MINUTE), user: ({ silenced_by: user }) => user ?? '' },
    { of: ['resolved'], change: 'resolved', at: ({ resolved_at: at }) => at ?? '', user: () => '' },
  ];
  return agentAlerts(now).flatMap((alert) =>
    changes
      .filter(({ of }) => of.includes(alert.status))
      .map(({ change, at, user }): HemostatEvent => ({
        v: ENVELOPE_VERSION,
        id: derivedId('recorded alert', alert.alert_id, change),
        time: at(alert),
        agent: 'observer',
        host: '',
        container: '',
        incident_id: '',
        cause_id: '',
        trace_id: '',
        policy_version: '',
        type: 'agent_alert',
        // As it stood when it fired: nobody had seen it yet.
        data: { change, user: user(alert), alert: change === 'fired' ? { ...alert, status: 'firing', revision: 1, resolved_at: null } : alert },
      }))
  );
}

async function writeAlerts(log: HemostatLog, now: number): Promise<void> {
  const keys = log.partition(0);
  const pipeline = log.redis.pipeline();
  for (const alert of agentAlerts(now)) {
    pipeline.hset(keys.agentAlerts, alert.alert_id, JSON.stringify(alert));
    pipeline.hset(keys.agentAlertsFired, alert.condition, Date.parse(alert.triggered_at));
    if (alert.resolved_at === null) {
      pipeline.hset(keys.agentAlertsActive, alert.condition, alert.alert_id);
    } else {
      pipeline.zadd(keys.agentAlertsResolved, Date.parse(alert.resolved_at), alert.alert_id);
    }
  }
  await pipeline.exec();
}

/** What the agents of the recorded day tell of themselves: log lines, errors, traces, figures, history, how every part is, alerts. */
export async function writeTelemetry(log: HemostatLog, now: number, tales: readonly Tale[]): Promise<void> {
  const since = now - 23 * HOUR;
  const spans = new Map<string, readonly Span[]>([...tales.map((tale) => [tale.incident, spansOf(tale, now)] as const), ...otherTraces(now)]);
  await writeTraces(log, spans);
  await writeLines(log, [...habitualLines(now), ...tales.flatMap((tale) => linesOf(tale, now))]);
  await writeMinutes(log, now - DAY, now, spans);
  await writeAlerts(log, now);
  const { observed, healthHistory } = log.partition(0);
  const pipeline = log.redis.pipeline();
  historyOf(now, since).forEach((point) => pipeline.xadd(healthHistory, `${Date.parse(point.timestamp)}-*`, 'json', JSON.stringify(point)));
  await pipeline.exec();
  await log.redis.set(observed, JSON.stringify(observedAt(now, since)));
}

/** The alert as the event would leave it, by the observer's own arithmetic; undefined for an event that is not about one. */
async function changedBy(log: HemostatLog, json: string): Promise<AgentAlert | undefined> {
  const read = decodeEvent(json);
  const event = read.ok ? read.value : undefined;
  if (event?.type !== 'command' || !('alert' in event.data)) {
    return undefined;
  }
  const known = await log.redis.hget(log.partition(0).agentAlerts, event.data.alert);
  const done = known ? transitionOf(JSON.parse(known) as AgentAlert, event.data, { asked: Date.parse(event.time), now: Date.now() }) : undefined;
  return done?.ok ? done.alert : undefined;
}

/** What the observer does with commands about alerts, from where it stands in the log. @returns where it stands then */
async function obey(log: HemostatLog, from: string): Promise<string> {
  const keys = log.partition(0);
  const entries = rawEntries(await log.redis.xrange(keys.log, `(${from}`, '+'));
  for (const { json } of entries) {
    const changed = await changedBy(log, json ?? '');
    if (changed) {
      await log.redis.hset(keys.agentAlerts, changed.alert_id, JSON.stringify(changed));
    }
  }
  return entries.at(-1)?.id ?? from;
}

const LOOK_MS = 5000;
const OBEY_MS = 1000;
const POINT_MS = 30_000;

/** Goes on as a living observer would: looks, adds to the history, measures each minute, and does what people ask about alerts. @returns stops it */
export function keepObserving(log: HemostatLog): () => void {
  const since = Date.now() - 23 * HOUR;
  const random = seededRandom(12);
  const { observed, healthHistory, log: stream } = log.partition(0);
  let place: string | undefined;
  let busy = false;
  const safely = (work: () => Promise<unknown>) => () => void work().catch(() => undefined);
  const listen = async () => {
    if (busy) {
      return;
    }
    busy = true;
    try {
      place ??= rawEntries(await log.redis.xrevrange(stream, '+', '-', 'COUNT', 1)).at(0)?.id ?? '0-0';
      place = await obey(log, place);
    } finally {
      busy = false;
    }
  };
  const timers = [
    setInterval(safely(async () => log.redis.set(observed, JSON.stringify(observedAt(Date.now(), since, random())))), LOOK_MS),
    setInterval(safely(async () => log.redis.xadd(healthHistory, '*', 'json', JSON.stringify(historyPointOf(observedAt(Date.now(), since, random()))))), POINT_MS),
    setInterval(safely(async () => writeMinutes(log, Date.now() - MINUTE, Date.now(), new Map())), MINUTE),
    setInterval(safely(listen), OBEY_MS),
  ];
  safely(listen)();
  timers.forEach((timer) => timer.unref());
  return () => timers.forEach(clearInterval);
}
