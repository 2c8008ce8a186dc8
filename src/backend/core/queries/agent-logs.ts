import { createHash } from 'node:crypto';
import type { LogQuestion } from '../../../../agents/runtime/collect/types';
import { groupErrors } from '../../../contract/observability/errors';
import { LOG_LEVELS, type ErrorGroup, type LogEntry, type LogLevel, type SourceState } from '../../../contract/observability/schemas';
import type { HemostatQuery } from '../../../contract/query';
import { NO_FACTS, type Facts } from '../filter/facts';
import { columns, frameOf, timeOf, type Column, type Links } from '../frames/build';
import type { Frame, Notice } from '../types';
import { moreNotice, type QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';

/** R371. */
const MAX_LOGS = 1000;
/** Questions that one query becomes, at most: one an agent and incident. */
const MAX_QUESTIONS = 20;
/** Error lines that are grouped. */
const MAX_ERRORS = 5000;
const LINE_KEYS = ['level', 'trace_id', 'span_id', 'error_type', 'instance'] as const;

/** Grafana's words for levels. */
const SEVERITY: Readonly<Record<LogLevel, string>> = { trace: 'trace', debug: 'debug', info: 'info', warn: 'warning', error: 'error', fatal: 'critical' };
/** Other words that a filter may use. */
const LEVEL_OF: Readonly<Record<string, LogLevel>> = { low: 'info', medium: 'warn', warning: 'warn', high: 'error', critical: 'fatal', ...Object.fromEntries(LOG_LEVELS.map((level) => [level, level])) };

/** The least level among the severities of a filter: that and all above is shown. */
function levelOf(severities: readonly string[]): { level?: LogLevel; notices: Notice[] } {
  const known = severities.flatMap((word) => (Object.hasOwn(LEVEL_OF, word) ? (LEVEL_OF[word] ?? []) : []));
  const unknown = severities.filter((word) => !Object.hasOwn(LEVEL_OF, word));
  const level = LOG_LEVELS.find((one) => known.includes(one));
  const notices: Notice[] = unknown.length > 0 ? [{ severity: 'warning', text: `No such level: ${unknown.join(', ').slice(0, 100)}. There are ${LOG_LEVELS.join(', ')}.` }] : [];
  return { ...(level ? { level } : {}), notices };
}

function factsOf(line: LogEntry): Facts {
  const { level, trace_id, span_id, attributes } = line;
  return { ...NO_FACTS, severity: SEVERITY[level], agent: line.agent_id, incident: line.incident_id ?? '', text: () => line.message, more: { level, trace_id, span_id, error_type: attributes.error_type, instance: attributes.instance } };
}

/** W3C has no dashes; ids of incidents of the original may. */
const traceIdOf = (incident: string) => incident.replaceAll('-', '');

/** A source takes one agent and one trace at a time. */
function questionsOf({ filters }: HemostatQuery, level: LogLevel | undefined, limit: number): LogQuestion[] {
  const agents = filters.agents.length > 0 ? [...new Set(filters.agents)] : [undefined];
  const traces = filters.incidents.length > 0 ? [...new Set(filters.incidents.map(traceIdOf))] : [undefined];
  return agents.flatMap((agent) => traces.map((trace): LogQuestion => ({ ...(level ? { level } : {}), ...(agent ? { agent } : {}), ...(trace ? { trace } : {}), ...(filters.text ? { text: filters.text } : {}), limit })));
}

interface Lines {
  lines: LogEntry[];
  states: SourceState[];
}

async function readLines({ dashboard, range, signal }: QueryContext, questions: readonly LogQuestion[]): Promise<Lines> {
  const read = await Promise.all(questions.map(async (logs) => dashboard.collect(range, { logs }, signal)));
  const lines = read.flatMap(({ data }) => data.logs ?? []);
  const sorted = read.length > 1 ? lines.sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp)) : lines;
  // The same failure of each question is one failure.
  const states = new Map(read.flatMap((one) => one.states).map((state) => [`${state.ok} ${state.error ?? ''} ${state.notices.join(' ')}`, state]));
  return { lines: sorted, states: [...states.values()] };
}

function labelsOf({ agent_id: agent, level, incident_id: incident, attributes }: LogEntry): Record<string, string> {
  const labels: Record<string, string> = { agent, level };
  if (incident) {
    labels.incident = incident;
  }
  for (const [name, value] of Object.entries(attributes)) {
    labels[name] ??= String(value);
  }
  return labels;
}

/** Stored lines have no id: one of their content, and which of several equal ones it is. */
function idsOf(lines: readonly LogEntry[]): Map<LogEntry, string> {
  const seen = new Map<string, number>();
  return new Map(
    lines.map((line) => {
      const digest = createHash('sha256').update(JSON.stringify(line)).digest('hex').slice(0, 20);
      const nth = seen.get(digest) ?? 0;
      seen.set(digest, nth + 1);
      return [line, nth === 0 ? digest : `${digest}-${nth}`];
    })
  );
}

function logColumns(links: Links, ids: ReadonlyMap<LogEntry, string>): Array<Column<LogEntry>> {
  return [
    columns.time('timestamp', (line) => timeOf(line.timestamp), 'When it was logged, by the clock of the agent.'),
    columns.text('body', (line) => line.message, 'The line.'),
    columns.text('severity', (line) => SEVERITY[line.level], 'trace, debug, info, warning, error or critical.'),
    columns.text('id', (line) => ids.get(line), 'Tells the line apart from others.'),
    columns.json('labels', labelsOf, 'Agent, level, incident and what else the line carries.'),
    columns.text('agent', (line) => line.agent_id, 'Who logged it.'),
    columns.text('trace_id', (line) => line.trace_id, 'The trace that it belongs to; empty when it belongs to none.', { links: links.trace }),
    columns.text('span_id', (line) => line.span_id, 'The step that it belongs to.'),
    columns.text('incident', (line) => line.incident_id, 'Id of the incident.', { links: links.incident }),
  ];
}

/** Log lines of the agents, newest first. */
export async function agentLogs(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const { level, notices } = levelOf(query.filters.severities);
  const matcher = matcherOfSome(query, [], ['agents', 'severities', 'text', 'incidents'], LINE_KEYS);
  const wanted = Math.min(query.limit, MAX_LOGS);
  const limit = matcher.active ? MAX_LOGS : Math.min(MAX_LOGS, wanted + 1);
  const questions = questionsOf(query, level, limit);
  const { lines, states } = await readLines(context, questions.slice(0, MAX_QUESTIONS));
  const fitting = lines.filter((line) => matcher.test(factsOf(line)));
  const shown = fitting.slice(0, wanted);
  const more = fitting.length > wanted || lines.length >= MAX_LOGS;
  const all: Notice[] = [...sourceNotices({ states }), ...notices, ...matcher.notices];
  if (questions.length > MAX_QUESTIONS) {
    all.push({ severity: 'warning', text: `Only the first ${MAX_QUESTIONS} combinations of agent and incident are asked for. Choose fewer.` });
  }
  if (more) {
    all.push(shown.length === MAX_LOGS ? { severity: 'info', text: `Only the newest ${MAX_LOGS} log lines are shown; there are more. Narrow the filters or the time range.` } : moreNotice(shown.length, 'log lines'));
  }
  return [frameOf('agent logs', query.refId, shown, logColumns(links, idsOf(shown)), { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs', notices: all, custom: { more } })];
}

function groupColumns(links: Links): Array<Column<ErrorGroup>> {
  return [
    columns.text('error_type', (group) => group.error_type, 'Kind of the error.'),
    columns.text('message', (group) => group.message, 'The latest one of its messages.'),
    columns.number('count', (group) => group.count, 'How many there were.', { unit: 'short', decimals: 0, min: 0 }),
    columns.text('severity', (group) => group.severity, 'critical, error, warning or info.'),
    columns.time('first_seen', (group) => timeOf(group.first_seen), 'When the first one was logged in the time range.'),
    columns.time('last_seen', (group) => timeOf(group.last_seen), 'When the last one was logged.'),
    columns.text('agents', (group) => group.agents.join(', '), 'Who logged it.'),
    columns.text('sample_trace', (group) => group.sample_trace_id, 'A trace in which it happened.', { links: links.trace }),
  ];
}

/** Errors of the agents by type and the beginning of the message, most frequent first. */
export async function errorGroups(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, links } = context;
  const matcher = matcherOfSome(query, ['agents', 'incidents', 'text'], ['severities'], LINE_KEYS);
  const { data, states } = await dashboard.collect(range, { errors: { limit: MAX_ERRORS } }, signal);
  const severities = new Set(query.filters.severities);
  const groups = groupErrors((data.errors ?? []).filter((line) => matcher.test(factsOf(line)))).filter(({ severity }) => severities.size === 0 || severities.has(severity));
  const shown = groups.slice(0, query.limit);
  const notices = [...sourceNotices({ states }), ...matcher.notices];
  if (groups.length > shown.length) {
    notices.push({ severity: 'info', text: `The ${shown.length} most frequent of ${groups.length} kinds of errors are shown. Raise the limit.` });
  }
  return [frameOf('error groups', query.refId, shown, groupColumns(links), { type: 'table', preferredVisualisationType: 'table', notices, custom: { more: groups.length > shown.length } })];
}
