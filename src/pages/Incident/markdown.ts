import type { IncidentDetailAnswer } from '../../contract/api';
import type { GuardVerdict, HemostatEvent } from '../../contract/events';
import { plainText } from '../../contract/story/plain-text';
import { clockText } from '../../contract/story/time';
import { eventsOf, lastAnalysis, lastGuards, lastOf } from '../../components/IncidentActions/incident';
import { commentsOf } from './Incident.utils';

/** Log lines that are copied, the last ones. */
const LINES = 40;
const MAX_TEXT = 2000;

/** What a container, a log or a model wrote, so that Markdown shows it as it is: no links, images, headings, HTML or mentions of their making. */
export function escaped(text: string): string {
  return plainText(text, MAX_TEXT)
    .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    // A mention would call people, a bare address would become a link.
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replace(/^(\d+)\./, '$1\\.');
}

/** Lines in a fence that they cannot close. */
export function fenced(lines: readonly string[]): string {
  const text = lines.map((line) => plainText(line, MAX_TEXT)).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => escaped(cell) || '–').join(' | ')} |`;

function guardLines(guards: readonly GuardVerdict[]): string[] {
  const refused = guards.filter(({ allowed }) => !allowed);
  if (guards.length === 0) {
    return [];
  }
  const head = [`**Guards**: ${guards.length - refused.length} allowed, ${refused.length} refused`];
  return refused.length === 0 ? head : [...head, '', '| guard | limit | measured | free at | why |', '|---|---|---|---|---|', ...refused.map((one) => row([one.guard, one.limit ?? '', one.measured ?? '', one.free_at ?? '', one.reason]))];
}

function evidenceLines(events: readonly HemostatEvent[]): string[] {
  const evidence = lastAnalysis(events)?.data.evidence ?? [];
  return evidence.length === 0 ? [] : ['**Evidence**', ...evidence.map(({ what, value }) => `- ${escaped(what)}: ${escaped(value)}`)];
}

const commentLines = (events: readonly HemostatEvent[]): string[] => {
  const comments = commentsOf(events);
  return comments.length === 0 ? [] : ['**Comments**', ...comments.map(({ user, text }) => `- ${escaped(user)}: ${escaped(text)}`)];
};

/**
 * An incident as Markdown, to be put into a chat or a ticket. Pure.
 * @param options.link address of its page @param options.timeZone IANA name
 */
export function incidentMarkdown(detail: IncidentDetailAnswer, { link, timeZone }: { link: string; timeZone: string }): string {
  const events = eventsOf(detail);
  const saved = lastOf(events, 'forensics_captured')?.data.logs.slice(-LINES) ?? [];
  const steps = detail.events.map(({ event, text }) => `- ${clockText(event.time, timeZone, true)} ${escaped(text)}`);
  const parts: string[][] = [
    [`## ${escaped(detail.headline)}`],
    [escaped(detail.summary)],
    evidenceLines(events),
    guardLines(lastGuards(events)),
    [`**Steps** (${timeZone})`, ...steps],
    saved.length > 0 ? [`**Last ${saved.length} saved log lines** (secrets blacked out)`, '', fenced(saved)] : [],
    commentLines(events),
    [`Incident \`${detail.incident.id.replaceAll('`', '')}\`: <${link}>`],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
