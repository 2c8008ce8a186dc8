import { pino, type Logger } from 'pino';
import { redactText } from '../../src/contract/redact';
import type { SettingsOf } from './settings/define';
import type { commonSettings } from './settings/common';
import { scopeFields } from './telemetry/scope';

export type { Logger };
export type CommonSettings = SettingsOf<typeof commonSettings>;

const PINO_LEVEL: Record<string, string> = { warning: 'warn', critical: 'fatal' };

/** Where log lines are kept, whatever is printed. */
export interface LogSink {
  level: string;
  /** @param line JSON, not redacted yet */
  write: (line: string) => void;
}

/** Fields by which machines find a line; a person would only stumble over them. */
const HIDDEN = new Set(['time', 'level', 'agent', 'msg', 'instance', 'trace_id', 'span_id', 'incident_id']);

/** Text for people: one line, `time LEVEL agent: message key=value`. */
function textLine(line: string): string {
  const fields = JSON.parse(line) as Record<string, unknown> & { agent?: string; msg?: string };
  const { time, level, agent = 'hemostat', msg = '' } = fields;
  const extra = Object.entries(fields)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${agent}: ${msg}${extra}\n`;
}

const pinoLevel = (level: string): string => PINO_LEVEL[level] ?? level;

/** What pino takes for "nothing at all". */
const SILENT = 'silent';

/**
 * The one logger of a process. Every line passes the redaction of secrets, whatever was logged, and bears the trace that it was written in.
 * @param out where lines go; standard error by default, so that standard output stays clean for `--json`.
 * @param sink gets lines by its own level, also those that are not printed.
 */
export function createLogger(
  settings: Pick<CommonSettings, 'logLevel' | 'logFormat'>,
  out: (line: string) => void = (line) => process.stderr.write(line),
  sink?: LogSink
): Logger {
  const level = pinoLevel(settings.logLevel);
  const print = (line: string) => out(redactText(settings.logFormat === 'json' ? line : textLine(line)).text);
  const streams = [...(level === SILENT ? [] : [{ level, stream: { write: print } }]), ...(sink ? [{ level: sink.level, stream: sink }] : [])];
  const levels = streams.map((one) => one.level).sort((a, b) => (pino.levels.values[a] ?? 0) - (pino.levels.values[b] ?? 0));
  return pino(
    {
      level: levels[0] ?? SILENT,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
      mixin: scopeFields,
    },
    pino.multistream(streams as pino.StreamEntry[])
  );
}
