import { z } from 'zod';
import type { ContainerState } from '../../../contract/containers';
import { containerKey, type HemostatEvent } from '../../../contract/events';
import { parsePolicy, type PolicyDocument, type PolicySource } from '../../../contract/policy';
import { pastDecisions, whatIf as compare, type WhatIfLine, type WhatIfOutcome, type WhatIfReport } from '../../../contract/what-if';
import { parseJson } from '../../../../agents/runtime/queries';
import { QueryError } from '../failure';
import { NO_FACTS } from '../filter/facts';
import { matcherOf, type Matcher } from '../filter/matcher';
import { columns, frameOf } from '../frames/build';
import { scan } from '../log/scan';
import type { Frame, Notice } from '../types';
import { readFleet } from './containers';
import { budgetNotice, unreadableNotice, type QueryContext } from './context';
import { factsOf, takeEvents } from './event-row';

/** Events that a replay is made of. */
const TYPES = ['health_alert', 'remediation_needed', 'remediation_complete', 'remediation_verified'] as const;
const MAX_EVENTS = 50_000;
const BUDGET = 300_000;
const SHOWN_FIRST = ['appears', 'vanishes', 'blocked', 'changed', 'same'];

const storedPolicySchema = z.object({ policy: z.record(z.string(), z.unknown()) });

function emptyDocument(): PolicyDocument {
  const parsed = parsePolicy({});
  if (!parsed.ok) {
    throw new QueryError(500, parsed.problems.join('; '));
  }
  return parsed.document;
}

/** The policy that was saved last; what the responder's own environment and file say is not known here. */
async function policyInForce({ source, signal }: QueryContext): Promise<{ policy: PolicySource; notices: Notice[] }> {
  const text = await source.ask(signal, async (redis) => redis.get(source.log.partition(0).policy));
  const stored = storedPolicySchema.safeParse(parseJson(text));
  const parsed = stored.success ? parsePolicy(stored.data.policy) : undefined;
  if (parsed?.ok) {
    return { policy: { document: parsed.document, from: 'command' }, notices: [] };
  }
  const why = text === null ? 'No policy has been saved from here yet' : 'The saved policy cannot be read';
  return { policy: { document: emptyDocument(), from: 'file' }, notices: [{ severity: 'info', text: `${why}: compared with the defaults. What HEMOSTAT_MODE, other variables or a policy file of the responder say is not counted in.` }] };
}

/** Narrowing goes by container, host and project only: a decision without its outcome would be another one. */
function matcherFor({ query }: QueryContext): Matcher {
  const none = { types: [], severities: [], statuses: [], actions: [], agents: [], incidents: [], text: '' };
  return matcherOf({ filters: { ...query.filters, ...none }, adhoc: query.adhoc.filter(({ key }) => ['container', 'host', 'project'].includes(key)) });
}

async function eventsOf(context: QueryContext): Promise<{ events: HemostatEvent[]; notices: Notice[] }> {
  const { source, range, signal } = context;
  const everything = matcherOf({ filters: { ...context.query.filters, types: [], containers: [], hosts: [], projects: [], severities: [], statuses: [], actions: [], agents: [], incidents: [], text: '' }, adhoc: [] });
  const scanned = await scan(source, { range, direction: 'backward', cursor: undefined, want: MAX_EVENTS, budget: BUDGET, selective: true, take: takeEvents(everything, TYPES, (logged) => logged) }, signal);
  const notices = unreadableNotice(scanned.unreadable);
  const oldest = scanned.rows.at(-1);
  if (!scanned.done && oldest) {
    notices.push({ ...budgetNotice(scanned.examined, 'events'), text: `Looked at the newest ${scanned.examined.toLocaleString('en-US')} events, back to ${new Date(oldest.entry.ms).toISOString()}; older decisions are left out. Narrow the time range.` });
  }
  return { events: scanned.rows.map(({ event }) => event).reverse(), notices };
}

function summaryFrame(context: QueryContext, report: WhatIfReport, notices: Notice[]): Frame {
  const whole = { unit: 'short', decimals: 0, min: 0 };
  return frameOf('what if', context.query.refId, [report], [
    columns.number('decisions', (one) => one.decisions, 'Decisions in the time range.', whole),
    columns.number('same', (one) => one.counts.same, 'As now.', whole),
    columns.number('appears', (one) => one.counts.appears, 'Actions that would be new.', whole),
    columns.number('vanishes', (one) => one.counts.vanishes, 'Actions that would not be proposed any more.', whole),
    columns.number('blocked', (one) => one.counts.blocked, 'Actions that a guard would refuse.', whole),
    columns.number('changed', (one) => one.counts.changed, 'Another action, or another way (asked, done).', whole),
    columns.number('actions_before', (one) => one.actions.before, 'Actions under the policy in force.', whole),
    columns.number('actions_after', (one) => one.actions.after, 'Actions under the new policy.', whole),
  ], { type: 'numeric-wide', typeVersion: [0, 1], preferredVisualisationType: 'table', notices, custom: { refusals: report.refusals } });
}

const outcomeText = ({ kind, action, guard }: WhatIfOutcome) => (guard ? `${kind}: ${action} (${guard})` : `${kind}: ${action}`);

function linesFrame(context: QueryContext, lines: readonly WhatIfLine[], notices: Notice[]): Frame {
  const { query, links } = context;
  return frameOf('what if decisions', query.refId, lines, [
    columns.time('time', (line) => Date.parse(line.time), 'When it was decided.'),
    columns.text('container', (line) => line.container, 'Host and container.', { links: links.container }),
    columns.text('change', (line) => line.change, 'appears, vanishes, blocked, changed or same.'),
    columns.text('before', (line) => outcomeText(line.before), 'Under the policy in force.'),
    columns.text('after', (line) => outcomeText(line.after), 'Under the new policy.'),
    columns.text('guard', (line) => line.after.guard, 'The guard that would refuse it.'),
    columns.text('reason', (line) => line.after.reason, 'Why.'),
    columns.text('incident', (line) => line.incident_id, 'Id of the incident.', { links: links.incident }),
    columns.text('id', (line) => line.id, 'Id of the decision.'),
  ], { type: 'table', preferredVisualisationType: 'table', notices });
}

/**
 * Replays the decisions of the time range under another policy.
 * Two frames: the figures in one row, and the decisions one by one, changed ones first.
 * @throws QueryError 400 when the policy cannot be used.
 */
export async function whatIf(context: QueryContext): Promise<Frame[]> {
  const { query, source, signal } = context;
  const after = parsePolicy(query.policy ?? {});
  if (!after.ok) {
    throw new QueryError(400, `The policy cannot be used: ${after.problems.slice(0, 5).join('; ')}.`);
  }
  const [before, { events, notices }, fleet] = await Promise.all([policyInForce(context), eventsOf(context), readFleet(source, signal)]);
  const states = new Map<string, ContainerState>(fleet.containers.map(({ state }) => [containerKey(state), state]));
  const report = compare(pastDecisions(events, states), before.policy, { document: after.document, from: 'command' }, Math.max(1, states.size));
  const matcher = matcherFor(context);
  const byId = new Map(events.map((event) => [event.id, event]));
  const fitting = report.lines.filter((line) => {
    const event = byId.get(line.id);
    return !matcher.active || matcher.test(event ? factsOf(event) : NO_FACTS);
  });
  const lines = [...fitting].sort((a, b) => SHOWN_FIRST.indexOf(a.change) - SHOWN_FIRST.indexOf(b.change) || b.time.localeCompare(a.time)).slice(0, query.limit);
  const all = [...before.notices, ...notices];
  if (matcher.active) {
    all.push({ severity: 'info', text: 'The figures are of all containers, since guards count over the whole fleet; the list below is narrowed.' });
  }
  return [summaryFrame(context, report, all), linesFrame(context, lines, [])];
}
