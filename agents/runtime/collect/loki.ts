import { z } from 'zod';
import { LOG_LEVELS, type LogEntry, type LogLevel, type Range } from '../../../src/contract/observability/schemas';
import { fitsLine, lineNewestFirst, MAX_ERRORS, MAX_LOGS, type LineFilter } from './lines';
import { isoOfNanoseconds } from './nanoseconds';
import { quoted } from './quoted';
import type { StoreClient } from './store-client';
import { agentOfService, SERVICE_PREFIX } from './traces';
import type { Collector, ErrorQuestion, LogQuestion } from './types';

const PATH = '/loki/api/v1/query_range';

/** A line is [nanoseconds, text], and with categorized labels a third part. */
const lineSchema = z.tuple([z.string(), z.string()]).rest(z.unknown());
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('streams'), result: z.array(z.object({ stream: z.record(z.string(), z.string()), values: z.array(lineSchema) })) }),
});
const extraSchema = z.object({ structuredMetadata: z.record(z.string(), z.string()).optional(), parsed: z.record(z.string(), z.string()).optional() });

/** The words that OpenTelemetry and Loki use for a level, by ours. */
const LEVEL_WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  trace: ['trace', 'trace2', 'trace3', 'trace4'],
  debug: ['debug', 'debug2', 'debug3', 'debug4'],
  info: ['info', 'info2', 'info3', 'info4', 'information', 'notice'],
  warn: ['warn', 'warn2', 'warn3', 'warn4', 'warning'],
  error: ['error', 'error2', 'error3', 'error4', 'err'],
  fatal: ['fatal', 'fatal2', 'fatal3', 'fatal4', 'critical', 'emergency', 'alert'],
};
const BY_WORD: ReadonlyMap<string, LogLevel> = new Map(LOG_LEVELS.flatMap((level) => LEVEL_WORDS[level].map((word): [string, LogLevel] => [word, level])));

/** Text that a regular expression of RE2 takes as it stands. */
const literal = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

function levelFilter(level: LogLevel): string {
  const words = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).flatMap((one) => LEVEL_WORDS[one]);
  const pattern = quoted(`(?i)(?:${words.join('|')})`);
  return `severity_text=~${pattern} or detected_level=~${pattern}`;
}

/** The question in LogQL. Whatever it holds stays inside its quotes. */
export function logql({ level, agent, trace, text, errors }: LineFilter): string {
  const services = agent === undefined ? `=~${quoted(`${SERVICE_PREFIX}.+`)}` : `=${quoted(SERVICE_PREFIX + agent)}`;
  return [
    `{service_name${services}}`,
    text ? ` |~ ${quoted(`(?i)${literal(text)}`)}` : '',
    trace === undefined ? '' : ` | trace_id=${quoted(trace)}`,
    level === undefined || level === 'trace' ? '' : ` | ${levelFilter(level)}`,
    errors ? ` | ${levelFilter('error')} or error_type!=""` : '',
  ].join('');
}

/** Labels that say what other fields say already, or that are Loki's own business. */
const NOT_ATTRIBUTES = /^(?:service_(?:name|instance_id|version|namespace)|detected_level|severity_(?:text|number)|level|trace_id|span_id|flags|observed_timestamp|dropped_attributes_count|scope_.*|telemetry_sdk_.*|process_.*|host_.*|os_.*|hemostat_incident_id|incident_id|__.*)$/;

function levelOf(labels: Readonly<Record<string, string>>): LogLevel {
  const words = [labels.severity_text, labels.detected_level, labels.level];
  return words.map((word) => BY_WORD.get(word?.toLowerCase() ?? '')).find((level) => level !== undefined) ?? 'info';
}

function attributesOf(labels: Readonly<Record<string, string>>): LogEntry['attributes'] {
  const own = Object.entries(labels).filter(([name]) => !NOT_ATTRIBUTES.test(name));
  const instance = labels.service_instance_id;
  return { ...Object.fromEntries(own), ...(instance ? { instance } : {}) };
}

function entryOf(nanoseconds: string, line: string, labels: Readonly<Record<string, string>>): LogEntry | undefined {
  const timestamp = isoOfNanoseconds(nanoseconds);
  const incident = labels.hemostat_incident_id ?? labels.incident_id;
  return timestamp === undefined
    ? undefined
    : {
        timestamp,
        level: levelOf(labels),
        message: line,
        agent_id: agentOfService(labels.service_name ?? ''),
        trace_id: labels.trace_id ?? '',
        ...(labels.span_id ? { span_id: labels.span_id } : {}),
        ...(incident ? { incident_id: incident } : {}),
        attributes: attributesOf(labels),
      };
}

function entriesOf(answer: z.infer<typeof answerSchema>): { lines: LogEntry[]; unreadable: number } {
  const lines: LogEntry[] = [];
  let unreadable = 0;
  for (const { stream, values } of answer.data.result) {
    for (const [nanoseconds, line, extra] of values) {
      const more = extraSchema.safeParse(extra);
      const entry = entryOf(nanoseconds, line, more.success ? { ...stream, ...more.data.structuredMetadata, ...more.data.parsed } : stream);
      unreadable += entry ? 0 : 1;
      lines.push(...(entry ? [entry] : []));
    }
  }
  return { lines: lines.sort(lineNewestFirst), unreadable };
}

async function linesOf(client: StoreClient, range: Range, filter: LineFilter, limit: number, signal: AbortSignal): Promise<{ data: LogEntry[]; notices: string[] }> {
  // Loki leaves out the end itself.
  const parameters = { query: logql(filter), start: `${Math.floor(range.from)}000000`, end: `${Math.ceil(range.to) + 1}000000`, limit, direction: 'backward' };
  const answer = await client.json(PATH, parameters, answerSchema, signal);
  const { lines, unreadable } = answer ? entriesOf(answer) : { lines: [], unreadable: 0 };
  // The level of a line that tells none is told by us, so it is looked at once more.
  const data = lines.filter((line) => fitsLine(line, { ...filter, text: undefined })).slice(0, limit);
  return { data, notices: unreadable > 0 ? [`${unreadable} log lines cannot be read and are left out.`] : [] };
}

/** Log lines out of Loki, as it keeps what it is sent by OTLP. */
export class LokiLogs implements Collector<'logs'> {
  readonly source = 'logs';
  readonly from = 'loki';

  constructor(private readonly client: StoreClient) {}

  collect(range: Range, { limit, ...filter }: LogQuestion, signal: AbortSignal): Promise<{ data: LogEntry[]; notices: string[] }> {
    return linesOf(this.client, range, filter, Math.min(limit, MAX_LOGS), signal);
  }
}

/** Lines of Loki that are errors. */
export class LokiErrors implements Collector<'errors'> {
  readonly source = 'errors';
  readonly from = 'loki';

  constructor(private readonly client: StoreClient) {}

  collect(range: Range, { limit, agent }: ErrorQuestion, signal: AbortSignal): Promise<{ data: LogEntry[]; notices: string[] }> {
    return linesOf(this.client, range, { errors: true, ...(agent === undefined ? {} : { agent }) }, Math.min(limit, MAX_ERRORS), signal);
  }
}
