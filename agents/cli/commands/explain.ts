import type { Command } from 'commander';
import { isEvent, type GuardVerdict, type HemostatEvent } from '../../../src/contract/events';
import { foldIncident } from '../../../src/contract/incident';
import { clockText, durationText, tellStory, type Story, type StoryLine } from '../../../src/contract/story';
import { incidentEvents, type StoredEvent } from '../../runtime/queries';
import type { Cli } from '../context';
import { incidentNamed, shortId } from '../incident-of';
import { CliError, printable, table, wrap, type Paint } from '../output';
import { parseMoment } from '../parse';
import { incidentJson } from './incidents';

interface ExplainOptions {
  at?: number;
}

/** The guards of the last decision that was refused; empty when the last one was allowed. */
export function refusedGuards(events: readonly HemostatEvent[]): readonly GuardVerdict[] {
  const last = events.findLast((event) => isEvent(event, 'remediation_complete') || isEvent(event, 'remediation_started'));
  return last?.type === 'remediation_complete' && last.data.result.status === 'rejected' ? (last.data.guards ?? []) : [];
}

function offsetText(ms: number): string {
  return ms < 0 ? `-${durationText(-ms)}` : `+${durationText(ms)}`;
}

const KIND_COLOURS: Record<string, Paint> = { detected: 'red', verified: 'green', recovered: 'green', acted: 'cyan', acting: 'cyan', refused: 'yellow', waiting: 'yellow', failed: 'red' };

/** The steps of a story, each with its time, how long after the first it was, and what it says; no line longer than `width`. */
export function storyText(lines: readonly StoryLine[], width: number): Array<{ text: string; kind: string }> {
  const offsets = lines.map((line) => offsetText(line.offsetMs));
  const offsetWidth = Math.max(0, ...offsets.map((one) => one.length));
  const kindWidth = Math.max(0, ...lines.map((line) => line.kind.length));
  return lines.flatMap((line, index) => {
    const head = `${line.time ? clockText(line.time) : '--:--:--'}  ${(offsets[index] ?? '').padStart(offsetWidth)}  ${line.kind.padEnd(kindWidth)}  `;
    const [first = '', ...rest] = wrap(printable(line.text), width - head.length);
    return [{ text: head + first, kind: line.kind }, ...rest.map((text) => ({ text: ' '.repeat(head.length) + text, kind: line.kind }))];
  });
}

function guardTable(guards: readonly GuardVerdict[], width: number): string[] {
  return table<GuardVerdict>(
    [
      { title: 'GUARD', value: (one) => one.guard },
      { title: 'ANSWER', value: (one) => (one.allowed ? 'allowed' : 'REFUSED') },
      { title: 'LIMIT', value: (one) => one.limit ?? '-', flexible: true, min: 10 },
      { title: 'MEASURED', value: (one) => one.measured ?? '-', flexible: true, min: 10 },
      { title: 'FREE AT', value: (one) => (one.free_at ? clockText(one.free_at) : '-') },
    ],
    guards,
    width
  );
}

function printStory(cli: Cli, story: Story, id: string, extra: { guards: readonly GuardVerdict[]; missing: number; at?: number }): void {
  wrap(printable(story.headline), cli.io.columns).forEach((line) => cli.line(line, 'bold'));
  cli.line(`incident ${id}${extra.at === undefined ? '' : `, as it was at ${new Date(extra.at).toISOString()}`}`, 'dim');
  cli.line();
  wrap(printable(story.summary), cli.io.columns).forEach((line) => cli.line(line));
  cli.line();
  storyText(story.lines, cli.io.columns).forEach(({ text, kind }) => cli.line(text, KIND_COLOURS[kind]));
  if (extra.guards.length > 0) {
    cli.line();
    cli.line('Why nothing was done:');
    guardTable(extra.guards, cli.io.columns).forEach((line) => cli.line(line));
    extra.guards.filter((one) => !one.allowed).forEach((one) => wrap(printable(`${one.guard}: ${one.reason}`), cli.io.columns).forEach((line) => cli.line(line, 'yellow')));
  }
  if (extra.missing > 0) {
    cli.warn(`${extra.missing} older events of this incident have been trimmed away by retention.`);
  }
}

/** Those up to a moment by their own clock. */
function upTo(events: readonly StoredEvent[], at: number | undefined): HemostatEvent[] {
  return events.flatMap(({ event }) => (at === undefined || Date.parse(event.time) <= at ? [event] : []));
}

async function explain(cli: Cli, word: string, options: ExplainOptions): Promise<void> {
  const { id, events: stored, missing } = await cli.withLog(async (log) => incidentEvents(log, (await incidentNamed(log, word)).id));
  const events = upTo(stored, options.at);
  if (events.length === 0) {
    const [first] = stored;
    throw new CliError(
      first ? `Incident ${shortId(id)} had not begun at ${new Date(options.at ?? 0).toISOString()}; its first event is of ${first.event.time}.` : `The events of incident ${shortId(id)} have been trimmed away by retention.`
    );
  }
  const incident = foldIncident(id, events);
  const story = tellStory(incident, events);
  const guards = refusedGuards(events);
  cli.print({ incident: incidentJson(incident), ...story, guards, missing, events }, () =>
    printStory(cli, story, id, { guards, missing, ...(options.at === undefined ? {} : { at: options.at }) })
  );
}

export function registerExplain(program: Command, cli: Cli): void {
  program
    .command('explain')
    .description('the story of an incident, from the log alone')
    .argument('<incident>', 'incident id, its beginning, or a container (its latest incident)')
    .option('--at <time>', 'as it stood at this moment (ISO 8601)', parseMoment)
    .action((word: string, options: ExplainOptions) => explain(cli, word, options));
}
