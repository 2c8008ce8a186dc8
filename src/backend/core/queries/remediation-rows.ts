import { containerKey, type EventOf } from '../../../contract/events';
import type { ActionRecord } from '../../../contract/history';
import { NO_FACTS, type Facts } from '../filter/facts';
import { matcherOf, type Matcher } from '../filter/matcher';
import { actionsNewestFirst, eventsById, type StoredAction } from '../log/actions';
import { decodeScored, encodeScored } from '../log/scored';
import type { Notice } from '../types';
import { budgetNotice, moreNotice, unreadableNotice, type QueryContext } from './context';

type Complete = Extract<ActionRecord, { kind: 'complete' }>;
type Verified = Extract<ActionRecord, { kind: 'verified' }>;

/** One action with what came of it. Events are missing where retention has removed them. */
export interface Remediation {
  partition: number;
  /** Server milliseconds of its end. */
  ms: number;
  record: Complete;
  event?: EventOf<'remediation_complete'>;
  verified?: EventOf<'remediation_verified'>;
  verdict?: Verified['verdict'];
  /** Id of the event `verified`. */
  verdictId?: string;
}

/** Lines of the record that one call looks at, at most. */
export const ACTION_BUDGET = 20_000;
/** A verdict is looked for so long after the action that it belongs to. */
const VERDICT_WITHIN_MS = 3_600_000;
const MORE_KEYS = ['dry_run', 'id'] as const;

export const statusOf = (record: Complete): string => (record.dry_run && record.status === 'success' ? 'dry_run' : record.status);

function factsOf({ record, verdict }: Pick<Remediation, 'record' | 'verdict'>): Facts {
  return {
    ...NO_FACTS,
    type: 'remediation_complete',
    container: record.container,
    host: record.host,
    project: record.project,
    status: [statusOf(record), ...(verdict ? [verdict] : [])],
    action: record.action,
    agent: 'responder',
    incident: record.incident_id,
    text: () => [containerKey(record), record.action, statusOf(record)].join(' '),
    more: { dry_run: record.dry_run, id: record.id },
  };
}

interface Walk {
  rows: Remediation[];
  examined: number;
  unreadable: number;
  last: StoredAction | undefined;
  /** Verdicts that wait for the action they belong to, by incident: the one before them in time. */
  verdicts: Map<string, Verified>;
  /** Actions whose verdict may still come, by incident. */
  open: Map<string, Remediation>;
}

/** The same for all lines of one story; the original's agents name no incident. */
const storyOf = (record: ActionRecord) => `${containerKey(record)} ${record.incident_id}`;

function judge(row: Remediation, { verdict, id }: Verified): void {
  row.verdict = verdict;
  row.verdictId = id;
}

function takeVerdict(walk: Walk, record: Verified, ms: number): void {
  const complete = walk.open.get(storyOf(record));
  if (complete?.ms === ms && complete.verdict === undefined && !complete.record.dry_run) {
    // Within one millisecond the record is in no order.
    judge(complete, record);
  } else {
    walk.verdicts.set(storyOf(record), record);
  }
}

function takeComplete(walk: Walk, record: Complete, place: Pick<StoredAction, 'partition' | 'ms'>): Remediation {
  const row: Remediation = { partition: place.partition, ms: place.ms, record };
  const verified = walk.verdicts.get(storyOf(record));
  if (verified && !record.dry_run) {
    judge(row, verified);
  }
  walk.verdicts.delete(storyOf(record));
  walk.open.set(storyOf(record), row);
  return row;
}

function take(walk: Walk, item: StoredAction): Remediation | undefined {
  const { record } = item;
  switch (record?.kind) {
    case 'verified':
      takeVerdict(walk, record, item.ms);
      return undefined;
    case 'started':
      if (walk.open.get(storyOf(record))?.ms !== item.ms) {
        walk.open.delete(storyOf(record));
      }
      return undefined;
    case 'complete':
      return takeComplete(walk, record, item);
    default:
      return undefined;
  }
}

/** Verdicts newer than the first line of a page, which belong to its first actions. */
async function laterVerdicts(context: QueryContext, from: number, walk: Walk): Promise<void> {
  const { source, signal } = context;
  let examined = 0;
  for await (const item of actionsNewestFirst(source, { from, to: from + VERDICT_WITHIN_MS }, undefined, signal)) {
    examined += 1;
    if (item.record) {
      take(walk, item);
    }
    if (examined >= ACTION_BUDGET) {
      break;
    }
  }
  walk.open.clear();
}

async function addEvents(context: QueryContext, rows: readonly Remediation[]): Promise<void> {
  const { source, signal } = context;
  const completes = await eventsById(source, rows.map(({ partition, record }) => ({ partition, id: record.id })), signal);
  for (const row of rows) {
    const event = completes.get(row.record.id);
    if (event?.type === 'remediation_complete') {
      row.event = event;
    }
  }
}

async function addVerdictEvents(context: QueryContext, rows: readonly Remediation[]): Promise<void> {
  const wanted = rows.flatMap(({ partition, verdictId }) => (verdictId ? [{ partition, id: verdictId }] : []));
  const events = await eventsById(context.source, wanted, context.signal);
  for (const row of rows) {
    const event = events.get(row.verdictId ?? '');
    if (event?.type === 'remediation_verified') {
      row.verified = event;
    }
  }
}

export interface RemediationPage {
  rows: Remediation[];
  notices: Notice[];
  cursor: string;
  more: boolean;
}

interface Options {
  /** Rows wanted. */
  limit?: number;
  /** False: only what the record itself tells, which is cheaper. */
  events?: boolean;
  /** Lines of the record to look at, at most. */
  budget?: number;
}

/** @returns true when there are more than were looked at. */
async function walkOver(context: QueryContext, matcher: Matcher, walk: Walk, { limit, budget }: { limit: number; budget: number }): Promise<boolean> {
  const { source, query, range, signal } = context;
  const after = decodeScored(query.cursor);
  await laterVerdicts(context, Math.min(after?.ms ?? Infinity, range.to), walk);
  for await (const item of actionsNewestFirst(source, range, after, signal, Math.min(500, limit * 3 + 10))) {
    // A page ends before the next action, so that a verdict of the same millisecond is still seen.
    if (walk.examined >= budget || (walk.rows.length >= limit && item.record?.kind === 'complete')) {
      return true;
    }
    walk.examined += 1;
    walk.last = item;
    walk.unreadable += item.record ? 0 : 1;
    const row = take(walk, item);
    if (row && matcher.test(factsOf(row))) {
      walk.rows.push(row);
    }
  }
  return false;
}

/** Actions that ended in the range, newest first, each with its verdict. Read from the record of actions, so that a long log costs nothing. */
export async function remediationPage(context: QueryContext, options: Options = {}): Promise<RemediationPage> {
  const { limit = context.query.limit, budget = ACTION_BUDGET } = options;
  const matcher = matcherOf(context.query, MORE_KEYS);
  const walk: Walk = { rows: [], examined: 0, unreadable: 0, last: undefined, verdicts: new Map(), open: new Map() };
  const more = await walkOver(context, matcher, walk, { limit, budget });
  if (options.events !== false) {
    await Promise.all([addEvents(context, walk.rows), addVerdictEvents(context, walk.rows)]);
  }
  const notices = [...matcher.notices, ...unreadableNotice(walk.unreadable, 'action', 'actions')];
  if (more) {
    notices.push(walk.rows.length >= limit ? moreNotice(walk.rows.length, 'remediations') : budgetNotice(walk.examined, 'actions'));
  }
  return { rows: walk.rows, notices, more, cursor: more && walk.last ? encodeScored({ ms: walk.last.ms, member: walk.last.member }) : '' };
}
