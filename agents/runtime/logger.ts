import { pino, type Logger } from 'pino';
import { redactText } from '../../src/contract/redact';
import type { SettingsOf } from './settings/define';
import type { commonSettings } from './settings/common';

export type { Logger };
export type CommonSettings = SettingsOf<typeof commonSettings>;

const PINO_LEVEL: Record<string, string> = { warning: 'warn', critical: 'fatal' };

/** Text for people: one line, `time LEVEL agent: message key=value`. */
function textLine(line: string): string {
  const { time, level, agent = 'hemostat', msg = '', instance: _instance, ...rest } = JSON.parse(line) as Record<string, unknown> & { agent?: string; msg?: string };
  const extra = Object.entries(rest)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${agent}: ${msg}${extra}\n`;
}

/**
 * The one logger of a process. Every line passes the redaction of secrets, whatever was logged.
 * @param out where lines go; standard error by default, so that standard output stays clean for `--json`.
 */
export function createLogger(settings: Pick<CommonSettings, 'logLevel' | 'logFormat'>, out: (line: string) => void = (line) => process.stderr.write(line)): Logger {
  return pino(
    {
      level: PINO_LEVEL[settings.logLevel] ?? settings.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
    },
    { write: (line: string) => out(redactText(settings.logFormat === 'json' ? line : textLine(line)).text) }
  );
}
