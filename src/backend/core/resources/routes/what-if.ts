import { z } from 'zod';
import { decodeEvent } from '../../../../contract/codec';
import { containerKey, type EventType, type HemostatEvent } from '../../../../contract/events';
import { parsePolicy, type PolicyDocument } from '../../../../contract/policy';
import { pastDecisions, whatIf } from '../../../../contract/what-if';
import { compareEntries, entriesOf, type Entry } from '../../log/entry';
import { ResourceError } from '../errors';
import { knownContainers } from '../find';
import { readPolicyNow } from '../policy-source';
import { route, type Parts } from '../route';
import { whatIfSchema } from '../../../../contract/api';
import { bodies } from '../schemas';

const DAY_MS = 86_400_000;
const PIECE = 1000;
/** Entries of one partition that are looked at, at most: the newest ones. */
const MAX_EXAMINED = 200_000;
const MAX_LINES = 1000;
/** Each reads much of the log. */
const MAX_AT_ONCE = 2;
const TYPES: readonly EventType[] = ['health_alert', 'remediation_needed', 'remediation_complete', 'remediation_verified'];

/** Server milliseconds; without an end up to now. */
interface Span {
  since: number;
  until: number | undefined;
}

interface Read {
  events: HemostatEvent[];
  unreadable: number;
  cutShort: boolean;
}

/** The entries of one partition that matter, newest first. */
async function entriesBetween({ log, ask }: Parts, partition: number, { since, until }: Span, signal: AbortSignal): Promise<{ entries: Entry[]; cutShort: boolean }> {
  const key = log.partition(partition).log;
  const entries: Entry[] = [];
  let from = until === undefined ? '+' : String(until);
  for (let examined = 0; examined < MAX_EXAMINED; examined += PIECE) {
    const before = from;
    const reply = await ask(signal, async (redis): Promise<unknown> => redis.xrevrange(key, before, String(since), 'COUNT', PIECE));
    const piece = entriesOf(partition, reply);
    entries.push(...piece.filter((entry) => TYPES.some((type) => type === entry.type)));
    const last = (reply as Array<[string]>).at(-1)?.[0];
    if (last === undefined || (reply as unknown[]).length < PIECE) {
      return { entries, cutShort: false };
    }
    from = `(${last}`;
  }
  return { entries, cutShort: true };
}

async function readEvents(parts: Parts, span: Span, signal: AbortSignal): Promise<Read> {
  const lanes = await Promise.all(parts.log.partitions.map(async (_, partition) => entriesBetween(parts, partition, span, signal)));
  const entries = lanes.flatMap((lane) => lane.entries).sort(compareEntries);
  const events = entries.flatMap((entry) => {
    const decoded = decodeEvent(entry.json, entry.incident);
    return decoded.ok ? [decoded.value] : [];
  });
  return { events, unreadable: entries.length - events.length, cutShort: lanes.some((lane) => lane.cutShort) };
}

/** @throws ResourceError 400 that names every problem */
export function documentFrom(policy: unknown): PolicyDocument {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) {
    throw new ResourceError('bad_request', `The policy cannot be used: ${parsed.problems.slice(0, 20).join('; ').slice(0, 2000)}.`, 'Correct these places; the resource policy gives every name with its value.');
  }
  return parsed.document;
}

const body = z.strictObject({
  policy: z.record(z.string(), z.unknown()).describe('A policy document, as the resource policy gives it.'),
  days: z.number().min(0.01).max(366).default(7),
  to: z.iso.datetime().optional().describe('End of these days; now when it is not given.'),
});
bodies.add(body, { id: 'WhatIfBody' });
type Body = z.output<typeof body>;

async function compare(parts: Parts, document: PolicyDocument, { days, to }: Pick<Body, 'days' | 'to'>, signal: AbortSignal) {
  const until = to === undefined ? undefined : Math.max(0, Date.parse(to));
  const since = Math.max(0, Math.floor((until ?? parts.now()) - days * DAY_MS));
  const [policy, containers, { events, unreadable, cutShort }] = await Promise.all([readPolicyNow(parts, signal), knownContainers(parts, signal), readEvents(parts, { since, until }, signal)]);
  const byKey = new Map(containers.map((one) => [containerKey(one), one]));
  const { lines, ...report } = whatIf(pastDecisions(events, byKey), policy.source, { ...policy.source, document, from: 'command' }, containers.length || undefined);
  const different = lines.filter((line) => line.change !== 'same').reverse();
  return {
    ...report,
    base_version: policy.version,
    lines: different.slice(0, MAX_LINES),
    more: different.length > MAX_LINES,
    cut_short: cutShort,
    unreadable,
    warnings: policy.warnings,
  };
}

export const whatIfRoutes = [
  route({
    method: 'POST',
    path: 'what-if',
    role: 'Viewer',
    acts: false,
    id: 'whatIf',
    tag: 'Policy',
    summary: 'Which actions of the past would appear, vanish or be blocked under another policy. Changes nothing.',
    body,
    answer: whatIfSchema,
    errors: { 429: 'Too many are under way.' },
    handle: async (call, parts) => {
      const document = documentFrom(call.body.policy);
      if (parts.whatIfs.size >= MAX_AT_ONCE) {
        throw new ResourceError('rate_limited', `${MAX_AT_ONCE} what-ifs are under way already.`, 'Try again in some seconds.');
      }
      parts.whatIfs.add(call.signal);
      try {
        return await compare(parts, document, call.body, call.signal);
      } finally {
        parts.whatIfs.delete(call.signal);
      }
    },
  }),
];
