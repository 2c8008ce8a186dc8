import { redactText } from '../../../contract/redact';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];
export const LOG_LEVELS: readonly LogLevel[] = LEVELS;
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Logger = Record<LogLevel, (message: string, fields?: LogFields) => void>;

/** Grafana cuts lines at 64 KiB into raw pieces. */
const MAX_TEXT = 8000;

/** JavaScript tells milliseconds; a time without exactly six digits behind the point makes Grafana take the line as raw text. */
function timestamp(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}

function clean(value: unknown): string {
  return redactText(String(value).slice(0, MAX_TEXT)).text;
}

/**
 * One line in the form that Grafana parses from standard error. Every value is text: another type under one of the `@` keys
 * would bring down the server that reads it.
 */
export function logLine(level: LogLevel, message: string, fields: LogFields, now: number): string {
  const rest = Object.entries(fields)
    .filter(([key, value]) => value !== undefined && !key.startsWith('@'))
    .map(([key, value]) => [key, clean(value)]);
  return JSON.stringify({ '@level': level, '@message': clean(message), '@timestamp': timestamp(now), ...Object.fromEntries(rest) }) + '\n';
}

/**
 * @param write where lines go
 * @param least what is below this level is dropped
 */
export function createLogger(write: (line: string) => void, least: LogLevel = 'info', now: () => number = Date.now): Logger {
  const at = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(least)) {
      write(logLine(level, message, fields, now()));
    }
  };
  return { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** After the handshake nothing but log lines may leave: what libraries print becomes one. */
export function captureConsole(target: { stdout: Pick<NodeJS.WriteStream, 'write'>; console: Pick<Console, 'log' | 'info' | 'warn' | 'error' | 'debug'> }, logger: Logger): void {
  const levels = { log: 'info', info: 'info', warn: 'warn', error: 'error', debug: 'debug' } as const;
  for (const [name, level] of Object.entries(levels) as Array<[keyof typeof levels, LogLevel]>) {
    target.console[name] = (...words: unknown[]) => logger[level](words.map(String).join(' '));
  }
  target.stdout.write = ((chunk: unknown) => {
    logger.info(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8'));
    return true;
  });
}
