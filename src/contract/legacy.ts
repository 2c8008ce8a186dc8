import { decodeObject, failure, type Decoded } from './codec';
import { EVENT_DATA, type Anomaly, type EventType, type HemostatEvent } from './events';
import { LEGACY, LEGACY_AGENT, LEGACY_EVENT_TYPE, LEGACY_STORED } from './streams';

/** A message of the Python original, read leniently: either of its envelope forms, old or new field names. */
export interface LegacyMessage {
  type: EventType;
  agent: string;
  /** ISO 8601 UTC. */
  time: string;
  container: string;
  /** Fits the schema of `type`. */
  data: Record<string, unknown>;
  /** Our own id, when it is one of our events coming back from the channel. */
  ownId?: string;
}

const TYPE_BY_NAME: Record<string, EventType> = {
  container_unhealthy: 'health_alert',
  health_alert: 'health_alert',
  remediation_needed: 'remediation_needed',
  remediation_complete: 'remediation_complete',
  remediation: 'remediation_complete',
  false_alarm: 'false_alarm',
  vulnerability_alert: 'vulnerability_alert',
};

type Fields = Record<string, unknown>;
const asObject = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const asText = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : fallback);
const asNumber = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
};

/** A time without a zone is UTC; microseconds are cut to milliseconds. Unreadable or absent becomes `now`. */
export function legacyTime(value: unknown, now: Date): string {
  const given = asText(value).trim();
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(given) ? given : `${given}Z`;
  const parsed = Date.parse(zoned.replace(/(\.\d{3})\d+/, '$1').replace(' ', 'T'));
  return Number.isNaN(parsed) ? now.toISOString() : new Date(parsed).toISOString();
}

const OLD_FIGURES: Record<string, string> = { cpu_pct: 'cpu_percent', memory_pct: 'memory_percent', cpu: 'cpu_percent', memory: 'memory_percent' };
const FIGURES = [
  'cpu_percent',
  'memory_percent',
  'memory_usage',
  'memory_limit',
  'network_rx_bytes',
  'network_tx_bytes',
  'blkio_read_bytes',
  'blkio_write_bytes',
];

function readFigures(data: Fields): Record<string, number> {
  const source = { ...data, ...asObject(data.metrics) };
  const figures: Record<string, number> = {};
  for (const [name, value] of Object.entries(source)) {
    const known = OLD_FIGURES[name] ?? name;
    const parsed = asNumber(value);
    if (FIGURES.includes(known) && parsed !== undefined) {
      figures[known] = parsed;
    }
  }
  return figures;
}

const SEVERITY_WORDS = ['low', 'medium', 'high', 'critical'] as const;

function readAnomaly(value: unknown): Anomaly {
  const source = asObject(value);
  const word = asText(source.severity).toLowerCase();
  const numbers = Object.fromEntries(
    (['threshold', 'actual', 'exit_code', 'restart_count'] as const).flatMap((name) => {
      const parsed = asNumber(source[name]);
      return parsed === undefined ? [] : [[name, parsed]];
    })
  );
  return {
    type: asText(source.type, typeof value === 'string' ? value : 'unknown'),
    severity: SEVERITY_WORDS.find((one) => one === word) ?? 'medium',
    ...(typeof source.status === 'string' ? { status: source.status } : {}),
    ...numbers,
  };
}

function readAlert(data: Fields): Fields {
  return {
    container_id: asText(data.container_id),
    image: asText(data.image),
    status: asText(data.status, 'unknown'),
    health_status: asText(data.health_status, 'unknown'),
    exit_code: asNumber(data.exit_code) ?? 0,
    restart_count: asNumber(data.restart_count) ?? 0,
    metrics: readFigures(data),
    anomalies: Array.isArray(data.anomalies) ? data.anomalies.map(readAnomaly) : [],
  };
}

const clamp = (value: number | undefined): number => Math.min(1, Math.max(0, value ?? 0));
const readMethod = (value: unknown) => (asText(value) === 'ai' ? 'ai' : 'rule_based');
const ACTION_WORDS: Record<string, string> = { scale: 'scale_up', restart_container: 'restart' };

function readAction(value: unknown): string {
  const word = asText(value, 'none').toLowerCase();
  return ACTION_WORDS[word] ?? word;
}

function readAnalysis(data: Fields): Fields {
  return {
    reason: asText(data.reason),
    ...(typeof data.root_cause === 'string' ? { root_cause: data.root_cause } : {}),
    confidence: clamp(asNumber(data.confidence)),
    analysis_method: readMethod(data.analysis_method),
    evidence: [],
    model_calls: [],
    duration_seconds: asNumber(data.duration_seconds) ?? 0,
  };
}

function readComplete(data: Fields): Fields {
  const result = asObject(data.result);
  const status = asText(result.status, asText(data.status, 'failed'));
  return {
    action: readAction(data.action),
    result: { ...result, status, ...(result.reason === undefined ? {} : { reason: asText(result.reason) }), ...(result.error == null ? { error: undefined } : { error: asText(result.error) }) },
    dry_run: data.dry_run === true,
    reason: asText(data.reason),
    confidence: clamp(asNumber(data.confidence)),
  };
}

const READERS: Partial<Record<EventType, (data: Fields) => Fields>> = {
  health_alert: readAlert,
  remediation_needed: (data) => ({ ...readAnalysis(data), action: readAction(data.action), metrics: readFigures(data) }),
  false_alarm: readAnalysis,
  remediation_complete: readComplete,
  vulnerability_alert: (data) => data,
};

/** Reads one message of the original. Never throws; the error keeps the raw text. */
export function decodeLegacy(raw: string, now: Date = new Date()): Decoded<LegacyMessage> {
  const object = decodeObject(raw);
  if (!object.ok) {
    return object;
  }
  const envelope = object.value;
  const name = asText(envelope.event_type, asText(envelope.type));
  const type = TYPE_BY_NAME[name];
  const read = type && READERS[type];
  if (!type || !read) {
    return failure('unknown_type', `Event type ${name.slice(0, 60) || '(none)'} of the original is not known.`, raw);
  }
  const source = asObject(envelope.data);
  const parsed = EVENT_DATA[type].safeParse(read(source));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failure('bad_data', `data.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`, raw);
  }
  const agent = asText(envelope.agent, 'unknown').slice(0, 64);
  return {
    ok: true,
    value: {
      type,
      agent: agent.replace(/^hemostat-/i, '').toLowerCase(),
      time: legacyTime(envelope.timestamp, now),
      container: asText(source.container_name, asText(source.container)).replace(/^\//, '').slice(0, 255),
      data: parsed.data as Record<string, unknown>,
      ...(typeof envelope.hemostat_id === 'string' ? { ownId: envelope.hemostat_id } : {}),
    },
  };
}

function legacyData(event: HemostatEvent): Record<string, unknown> | undefined {
  switch (event.type) {
    case 'health_alert': {
      const { container_id, image, status, metrics, anomalies, health_status, exit_code, restart_count } = event.data;
      return { container_id, container_name: event.container, image, status, metrics, anomalies, health_status, exit_code, restart_count };
    }
    case 'remediation_needed': {
      const { action, reason, confidence, metrics, analysis_method } = event.data;
      return { container: event.container, action, reason, confidence, metrics, analysis_method };
    }
    case 'false_alarm': {
      const { reason, confidence, analysis_method } = event.data;
      return { container: event.container, reason, confidence, analysis_method };
    }
    case 'remediation_complete': {
      const { action, result, dry_run, reason, confidence } = event.data;
      return { container: event.container, action, result, dry_run, reason, confidence };
    }
    case 'vulnerability_alert':
      return event.data;
    default:
      return undefined;
  }
}

/** Our event as the original writes it, or undefined where it knows no such event. */
export function encodeLegacy(event: HemostatEvent): string | undefined {
  const data = legacyData(event);
  if (!data) {
    return undefined;
  }
  return JSON.stringify({
    event_type: LEGACY_EVENT_TYPE[event.type],
    timestamp: event.time.replace(/Z$/, '000+00:00'),
    agent: LEGACY_AGENT[event.agent] ?? event.agent,
    data,
    hemostat_id: event.id,
  });
}

function completeCommands(event: Extract<HemostatEvent, { type: 'remediation_complete' }>): string[][] {
  const { data, container, time } = event;
  const timestamp = time.replace(/Z$/, '000+00:00');
  const audit = JSON.stringify({
    timestamp,
    container,
    action: data.action,
    result_status: data.result.status,
    error: data.result.error ?? null,
    confidence: data.confidence,
    reason: data.reason,
    metrics: data.metrics ?? {},
    dry_run: data.dry_run,
  });
  const key = LEGACY.audit(container);
  const commands = [
    ['LPUSH', key, audit],
    ['LTRIM', key, '0', String(LEGACY.maxEvents - 1)],
    ['EXPIRE', key, String(LEGACY.life.audit)],
  ];
  if (data.result.status === 'success' || data.result.status === 'failed') {
    const history = { last_action_timestamp: timestamp, last_action: data.action, last_result_status: data.result.status, retry_count: data.attempt ?? 1 };
    commands.push(['SETEX', LEGACY.remediationHistory(container), String(LEGACY.life.remediationHistory), JSON.stringify(history)]);
  }
  return commands;
}

/**
 * The Redis commands by which an event reaches the original's agents and dashboards: publish, and the lists and keys it keeps.
 * @returns no command for events that the original does not know.
 */
export function legacyCommands(event: HemostatEvent): string[][] {
  const payload = encodeLegacy(event);
  if (payload === undefined) {
    return [];
  }
  const channel = LEGACY.channels[event.type as keyof typeof LEGACY.channels];
  const commands = [['PUBLISH', channel, payload]];
  if (LEGACY_STORED.includes(event.type)) {
    for (const key of [LEGACY.allEvents, LEGACY.eventsOf(event.type)]) {
      commands.push(['LPUSH', key, payload], ['LTRIM', key, '0', String(LEGACY.maxEvents - 1)], ['EXPIRE', key, String(LEGACY.life.events)]);
    }
  }
  return event.type === 'remediation_complete' ? [...commands, ...completeCommands(event)] : commands;
}
