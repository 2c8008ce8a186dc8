import { LOG_LEVELS, type LogEntry, type LogLevel } from '../../../src/contract/observability/schemas';
import { redactText } from '../../../src/contract/redact';
import { MAX_MESSAGE, safeAttributes, safeName, safeText } from './safe';

const LEVEL_RANK = new Map<string, number>(LOG_LEVELS.map((level, rank) => [level, rank]));
const ERROR_RANK = LEVEL_RANK.get('error') ?? 0;

export const rankOf = (level: string): number => LEVEL_RANK.get(level) ?? 0;

/** What is kept a second time, so that errors are found without reading all lines. */
export const isErrorEntry = (entry: LogEntry): boolean => rankOf(entry.level) >= ERROR_RANK || entry.attributes.error_type !== undefined;

type Fields = Record<string, unknown>;

function attributeOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

/** An error object that pino has written out: its stack would not help a reader, its class does. */
function errorFields(err: unknown): Fields {
  if (typeof err !== 'object' || err === null) {
    return {};
  }
  const { type, message } = err as { type?: unknown; message?: unknown };
  return { ...(typeof type === 'string' ? { error_type: type } : {}), ...(typeof message === 'string' ? { error: message } : {}) };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * A line of pino in the form in which it is kept.
 * @param line JSON
 */
export function entryOf(line: string): LogEntry {
  let fields: Fields;
  try {
    // JSON stays JSON when it is redacted, and a secret is known by the name of its field.
    fields = JSON.parse(redactText(line).text) as Fields;
  } catch {
    fields = { msg: line };
  }
  const { level, time, agent, msg, trace_id, span_id, incident_id, err, pid: _pid, hostname: _hostname, ...rest } = fields;
  const attributes = Object.fromEntries(Object.entries({ ...errorFields(err), ...rest }).map(([key, value]) => [safeName(key), attributeOf(value)]));
  return {
    timestamp: textOf(time) || new Date().toISOString(),
    level: (LEVEL_RANK.has(textOf(level)) ? level : 'info') as LogLevel,
    message: safeText(textOf(msg), MAX_MESSAGE),
    agent_id: textOf(agent) || 'hemostat',
    trace_id: textOf(trace_id),
    ...(textOf(span_id) ? { span_id: textOf(span_id) } : {}),
    ...(textOf(incident_id) ? { incident_id: textOf(incident_id) } : {}),
    attributes: safeAttributes(attributes),
  };
}
