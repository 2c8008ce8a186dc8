import { createHash } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import type { HemostatLog } from '../../agents/runtime/log';
import { AGENT_NAMES, type AgentAlert } from '../../src/contract/events';
import { distributionOf } from '../../src/contract/observability/histogram';
import { historyPointOf } from '../../src/contract/observability/status';
import type { Breaker, Component, LogEntry, LogLevel, MinuteFigures, Observed, Span } from '../../src/contract/observability/schemas';
import { telemetryKeys } from '../../src/contract/telemetry-keys';

// What agents and observer write into Redis, made up: the same for the same times.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const BATCH = 2000;
export const TELEMETRY_AGENTS = [...AGENT_NAMES.filter((name) => name !== 'operator'), 'api'];

const iso = (ms: number): string => new Date(ms).toISOString();
/** Hex of a given length, the same for the same words. */
const hex = (length: number, ...words: Array<string | number>): string => createHash('sha256').update(words.join(' ')).digest('hex').slice(0, length);
const agentAt = (index: number): string => TELEMETRY_AGENTS[index % TELEMETRY_AGENTS.length] ?? 'monitor';

export function testComponent(name: string, more: Partial<Component> = {}): Component {
  return { name, kind: 'agent', status: 'healthy', response_time_ms: 2.5, last_check: iso(0), has_error: false, error_message: null, mend: null, critical: false, ...more };
}

export function testBreaker(name: string, more: Partial<Breaker> = {}): Breaker {
  return { name, kind: 'container', state: 'closed', failure_count: 0, success_rate: 1, avg_response_time: 800, total_calls: 4, free_at: null, ...more };
}

/** What an observer saw a moment ago. @param now milliseconds */
export function testObserved(now: number, more: Partial<Observed> = {}): Observed {
  const check = { last_check: iso(now - 1000) };
  return {
    at: iso(now - 1000),
    since: iso(now - 2 * HOUR_MS),
    version: '1.2.3',
    instance: 'copy-1',
    components: [
      testComponent('redis', { kind: 'redis', critical: true, response_time_ms: 0.4, ...check }),
      testComponent('docker:host-1', { kind: 'docker', critical: true, response_time_ms: 12, ...check }),
      testComponent('monitor', { critical: true, ...check }),
      testComponent('analyzer', { critical: true, status: 'degraded', has_error: true, error_message: 'The model answers slowly.', mend: 'Look at the provider.', ...check }),
      testComponent('grafana', { kind: 'grafana', status: 'unhealthy', response_time_ms: null, has_error: true, error_message: 'Größe „1“ – 🚑 <b>refused</b>', mend: 'Start Grafana.', ...check }),
    ],
    breakers: [testBreaker('host-1/web'), testBreaker('host-1/db', { state: 'open', failure_count: 3, success_rate: 0.25, free_at: iso(now + HOUR_MS) }), testBreaker('model (analyzer)', { kind: 'model', state: 'half_open', avg_response_time: null })],
    resources: { cpu_percent: 12.5, memory_percent: 40, disk_percent: null, memory_used_mb: 1024, memory_total_mb: 2560, disk_used_gb: null, disk_total_gb: null, load_average: [0.5, 0.4, 0.3] },
    waiting: 3,
    dropped: { logs: 2 },
    telemetry_bytes: 1_000_000,
    telemetry_max_bytes: 134_217_728,
    ...more,
  };
}

/** @param index gives it an id of its own */
export function testAgentAlert(index: number, now: number, more: Partial<AgentAlert> = {}): AgentAlert {
  const id = hex(32, 'alert', index);
  return {
    alert_id: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`,
    revision: 1,
    condition: `rule_${index}`,
    rule: `rule_${index}`,
    name: `Alert ${index}`,
    type: index % 2 === 0 ? 'performance' : 'reliability',
    severity: (['critical', 'error', 'warning', 'info'] as const)[index % 4] ?? 'info',
    status: 'firing',
    message: `Something is wrong, in words: ${index}.`,
    labels: { component: agentAt(index) },
    value: index,
    threshold: 1,
    triggered_at: iso(now - (index + 1) * MINUTE_MS),
    resolved_at: null,
    notify: true,
    ...more,
  };
}

const LEVELS: readonly LogLevel[] = ['info', 'info', 'debug', 'info', 'warn', 'info', 'info', 'info', 'error', 'info'];
export function testLine(index: number, time: number, more: Partial<LogEntry> = {}): LogEntry {
  const level = LEVELS[index % LEVELS.length] ?? 'info';
  return {
    timestamp: iso(time),
    level,
    message: level === 'error' ? `Docker refused the call: container ${index % 5} is gone` : `handled event ${index}`,
    agent_id: agentAt(index),
    trace_id: index % 3 === 0 ? hex(32, 'trace', index) : '',
    attributes: { instance: 'copy-1', ...(level === 'error' ? { error_type: 'DockerError' } : {}) },
    ...more,
  };
}

/** The steps of one incident across the agents: with a model call, and failing for every tenth. */
export function testSpans(index: number, start: number): { traceId: string; spans: Span[] } {
  const traceId = hex(32, 'trace', index);
  const failed = index % 10 === 9;
  const steps = ['detect', 'analyse', 'chat model', 'decide', 'restart', 'verify', 'notify', 'export'];
  const spans = steps.map((name, at): Span => {
    const service = agentAt(at);
    return {
      span_id: hex(16, 'span', index, at),
      parent_span_id: at === 0 ? '' : hex(16, 'span', index, name === 'chat model' ? 1 : 0),
      name,
      service: name === 'chat model' ? agentAt(1) : service,
      kind: name === 'chat model' ? 'client' : 'consumer',
      start_time: iso(start + at * 10),
      duration_ms: 5 + ((index * 7 + at) % 40),
      status: failed && name === 'restart' ? 'error' : 'ok',
      ...(failed && name === 'restart' ? { status_message: 'Docker refused the call.' } : {}),
      attributes: name === 'chat model' ? { 'gen_ai.request.model': 'test-model', 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 900, 'gen_ai.usage.output_tokens': 120, 'hemostat.cost_usd': 0.0021 } : { 'hemostat.incident_id': traceId },
    };
  });
  return { traceId, spans };
}

/** What one agent did in one minute. */
export function testFigures(minute: number, agent: number): MinuteFigures {
  const requests = 3 + ((minute + agent) % 5);
  const latency = distributionOf(Array.from({ length: requests }, (_, at) => 20 + ((minute * 31 + agent * 17 + at * 13) % 400)));
  const tokens = agent === 1 ? distributionOf([900 + (minute % 200)]) : undefined;
  return { requests, errors: (minute + agent) % 11 === 0 ? 1 : 0, ...(latency ? { latency } : {}), ...(tokens ? { tokens, tokens_input: 800, tokens_output: 100 + (minute % 200), cost_usd: 0.002 } : {}) };
}

export interface TelemetryPlan {
  /** Milliseconds; everything lies before it. */
  now: number;
  figureHours: number;
  lineHours: number;
  linesAnHour: number;
  traceHours: number;
  tracesAnHour: number;
  alerts: number;
  historyHours: number;
}
export const SMALL_PLAN = { figureHours: 1, lineHours: 0.5, linesAnHour: 120, traceHours: 0.5, tracesAnHour: 40, alerts: 5, historyHours: 1 };

/** Calls `add` for each index, sending what it added in batches. */
async function inBatches(log: HemostatLog, count: number, add: (pipeline: ChainableCommander, index: number) => void): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const pipeline = log.redis.pipeline();
    for (let index = from; index < Math.min(count, from + BATCH); index += 1) {
      add(pipeline, index);
    }
    await pipeline.exec();
  }
}

function addTrace(pipeline: ChainableCommander, log: HemostatLog, index: number, start: number): void {
  const keys = telemetryKeys(log.options.prefix);
  const { traceId, spans } = testSpans(index, start);
  const end = Math.max(...spans.map((span) => Date.parse(span.start_time) + span.duration_ms));
  const summary = { '#start': start, '#end': end, '#errors': spans.filter(({ status }) => status === 'error').length, '#spans': spans.length, '#dropped': 0, '#root': spans[0]?.name ?? '', '#agent': spans[0]?.service ?? '' };
  pipeline.zadd(keys.traces, start, traceId);
  pipeline.hset(keys.trace(traceId), { ...summary, ...Object.fromEntries(spans.map((span) => [span.span_id, JSON.stringify(span)])) });
}

/** Logs, errors, traces and figures, oldest first. */
export async function plantTelemetry(log: HemostatLog, plan: TelemetryPlan): Promise<void> {
  const keys = telemetryKeys(log.options.prefix);
  const { now } = plan;
  const lines = Math.round(plan.lineHours * plan.linesAnHour);
  const lineAt = (index: number) => Math.floor(now - plan.lineHours * HOUR_MS + (index + 0.5) * ((plan.lineHours * HOUR_MS) / lines));
  await inBatches(log, lines, (pipeline, index) => {
    const line = testLine(index, lineAt(index));
    pipeline.xadd(keys.logs, `${lineAt(index)}-${index % 1000}`, 'json', JSON.stringify(line));
    if (line.level === 'error') {
      pipeline.xadd(keys.errors, `${lineAt(index)}-${index % 1000}`, 'json', JSON.stringify(line));
    }
  });
  const traces = Math.round(plan.traceHours * plan.tracesAnHour);
  await inBatches(log, traces, (pipeline, index) => addTrace(pipeline, log, index, Math.floor(now - plan.traceHours * HOUR_MS + (index + 0.5) * ((plan.traceHours * HOUR_MS) / traces))));
  const minutes = Math.round(plan.figureHours * 60);
  await inBatches(log, minutes, (pipeline, index) => {
    const minute = Math.floor(now / MINUTE_MS) - minutes + 1 + index;
    const fields = Object.fromEntries(TELEMETRY_AGENTS.map((agent, at) => [`${minute % 60}|${agent}`, JSON.stringify(testFigures(minute, at))]));
    pipeline.hset(keys.minutes(Math.floor(minute / 60)), fields);
  });
}

/** What the observer has written: how all is now, its history and alerts. @returns the alerts */
export async function plantObserver(log: HemostatLog, plan: TelemetryPlan, observed: Observed = testObserved(plan.now)): Promise<AgentAlert[]> {
  const keys = log.partition(0);
  const alerts = Array.from({ length: plan.alerts }, (_, index) => testAgentAlert(index, plan.now));
  await log.redis.set(keys.observed, JSON.stringify(observed));
  const points = Math.round(plan.historyHours * 120);
  await inBatches(log, points, (pipeline, index) => {
    const at = plan.now - (points - index) * 30_000;
    pipeline.xadd(keys.healthHistory, `${at}-0`, 'json', JSON.stringify({ ...historyPointOf(observed), timestamp: iso(at), health_score: index % 50 === 7 ? null : 70 + (index % 30) }));
  });
  for (const alert of alerts) {
    await log.redis.hset(keys.agentAlerts, alert.alert_id, JSON.stringify(alert));
    await log.redis.hset(keys.agentAlertsActive, alert.condition, alert.alert_id);
  }
  return alerts;
}
