import { decodeObject, failure, issueText, type Decoded } from '../codec';
import { ACTIONS, EVENT_DATA, RESULT_STATUSES, type Anomaly, type EventType } from '../events';

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
  // On the channel it is named so; only the stored copy says `vulnerability_alert`.
  critical_vulnerabilities_found: 'vulnerability_alert',
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
  const given = asObject(value);
  const source: Fields = { ...given, actual: given.actual ?? given.value };
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
    anomalies: (Array.isArray(data.anomalies) ? data.anomalies : Array.isArray(data.issues) ? data.issues : []).map(readAnomaly),
  };
}

/** Its models are not checked: some answer in percent. */
const readConfidence = (value: unknown): number => {
  const given = asNumber(value) ?? 0;
  return Math.min(1, Math.max(0, given > 1 && given <= 100 ? given / 100 : given));
};
const readMethod = (value: unknown) => (asText(value) === 'ai' ? 'ai' : 'rule_based');
const ACTION_WORDS: Record<string, string> = { scale: 'scale_up', restart_container: 'restart' };

/** An action that we do not know is never done; its word is kept in the reason. */
function readAction(data: Fields): { action: string; reason: string } {
  const word = asText(data.action, 'none').toLowerCase();
  const action = ACTION_WORDS[word] ?? word;
  const reason = asText(data.reason);
  const known = (ACTIONS as readonly string[]).includes(action);
  return known ? { action, reason } : { action: 'none', reason: `${reason} (asked for "${word.slice(0, 60)}")`.trim() };
}

function readAnalysis(data: Fields): Fields {
  return {
    reason: asText(data.reason),
    ...(typeof data.root_cause === 'string' ? { root_cause: data.root_cause } : {}),
    confidence: readConfidence(data.confidence),
    analysis_method: readMethod(data.analysis_method),
    evidence: [],
    model_calls: [],
    duration_seconds: asNumber(data.duration_seconds) ?? 0,
  };
}

const STATUS_WORDS: readonly string[] = RESULT_STATUSES;

function readComplete(data: Fields): Fields {
  // The documents write the result as a word, the code as an object.
  const result = typeof data.result === 'string' ? { status: data.result } : asObject(data.result);
  const status = asText(result.status, asText(data.status, 'failed')).toLowerCase();
  const word = (value: unknown) => (value === undefined || value === null ? {} : { reason: asText(value) });
  return {
    ...readAction(data),
    result: {
      status: STATUS_WORDS.includes(status) ? status : status === 'not_supported' || status === 'skipped' ? 'not_applicable' : 'failed',
      ...word(result.reason),
      ...(typeof result.error === 'string' ? { error: result.error } : {}),
      ...(asNumber(result.remaining_seconds) === undefined ? {} : { remaining_seconds: asNumber(result.remaining_seconds) }),
      ...(asNumber(result.retry_count) === undefined ? {} : { retry_count: asNumber(result.retry_count) }),
    },
    dry_run: data.dry_run === true,
    confidence: readConfidence(data.confidence),
  };
}

const READERS: Partial<Record<EventType, (data: Fields) => Fields>> = {
  health_alert: readAlert,
  remediation_needed: (data) => ({ ...readAnalysis(data), ...readAction(data), metrics: readFigures(data) }),
  false_alarm: readAnalysis,
  remediation_complete: readComplete,
  vulnerability_alert: (data) => data,
};

/** Python writes NaN and Infinity, which are not JSON: they mean "unknown" here. Strings are left as they are. */
function withoutNaN(raw: string): string {
  return raw.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? token : 'null'));
}

function decodePython(raw: string): Decoded<Fields> {
  const object = decodeObject(raw);
  if (object.ok || object.error.code !== 'not_json' || !/NaN|Infinity/.test(raw)) {
    return object;
  }
  const mended = decodeObject(withoutNaN(raw));
  return mended.ok ? mended : object;
}

/**
 * Reads one message of the original. Never throws; the error keeps the raw text.
 * @param typeHint the type that the channel stands for, for messages that name none
 */
export function decodeLegacy(raw: string, now: Date = new Date(), typeHint?: EventType): Decoded<LegacyMessage> {
  const object = decodePython(raw);
  if (!object.ok) {
    return object;
  }
  const envelope = object.value;
  const name = asText(envelope.event_type, asText(envelope.type, typeHint));
  const type = TYPE_BY_NAME[name];
  const reader = type && READERS[type];
  if (!type || !reader) {
    return failure('unknown_type', `Event type ${name.slice(0, 60) || '(none)'} of the original is not known.`, raw);
  }
  // The documents also show a flat form, without `data`.
  const source = envelope.data === undefined ? envelope : asObject(envelope.data);
  const parsed = EVENT_DATA[type].safeParse(reader(source));
  return parsed.success ? { ok: true, value: messageOf(type, envelope, source, parsed.data, now) } : failure('bad_data', `data.${issueText(parsed.error)}`, raw);
}

function messageOf(type: EventType, envelope: Fields, source: Fields, data: Fields, now: Date): LegacyMessage {
  const agent = asText(envelope.agent, 'unknown').slice(0, 64);
  return {
    type,
    agent: agent.replace(/^hemostat-/i, '').toLowerCase(),
    time: legacyTime(envelope.timestamp, now),
    container: asText(source.container_name, asText(source.container)).replace(/^\//, '').slice(0, 255),
    data,
    ...(typeof source.hemostat_id === 'string' ? { ownId: source.hemostat_id } : {}),
  };
}
