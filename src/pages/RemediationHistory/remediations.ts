import type { DataFrame } from '@grafana/data';
import { rowsOf, type Row } from '../../hooks/rows';

/** One figure before and after an action. */
export interface Change<T> {
  before: T | undefined;
  after: T | undefined;
}

/** One action with what came of it (R052, R053). */
export interface Remediation {
  id: string;
  /** When it ended, milliseconds. */
  time: number;
  container: string;
  project: string;
  action: string;
  status: string;
  verdict: string;
  /** Why it was to be done. */
  reason: string;
  /** Why it failed or was refused. */
  outcome: string;
  guard: string;
  guardReason: string;
  /** 0 to 1. */
  confidence: number | undefined;
  /** Seconds. */
  duration: number | undefined;
  cpu: Change<number>;
  memory: Change<number>;
  health: Change<string>;
  verdictReason: string;
  mode: string;
  attempt: number | undefined;
  authorisedBy: string;
  incident: string;
}

const words = (text: string): string | undefined => text || undefined;

const remediationOf = (row: Row): Remediation => ({
  id: row.text('id'),
  time: row.number('time') ?? Number.NaN,
  container: row.text('container'),
  project: row.text('project'),
  action: row.text('action'),
  status: row.text('status'),
  verdict: row.text('verdict'),
  reason: row.text('reason'),
  outcome: row.text('outcome'),
  guard: row.text('guard'),
  guardReason: row.text('guard_reason'),
  confidence: row.number('confidence'),
  duration: row.number('duration'),
  cpu: { before: row.number('cpu_before'), after: row.number('cpu_after') },
  memory: { before: row.number('memory_before'), after: row.number('memory_after') },
  health: { before: words(row.text('health_before')), after: words(row.text('health_after')) },
  verdictReason: row.text('verdict_reason'),
  mode: row.text('mode'),
  attempt: row.number('attempt'),
  authorisedBy: row.text('authorised_by'),
  incident: row.text('incident'),
});

export const remediationsOf = (frame: DataFrame | undefined): Remediation[] => rowsOf(frame).map(remediationOf);

export interface Loaded {
  rows: readonly Remediation[];
  /** Leads on to older ones; empty at the end. */
  cursor: string;
}

/**
 * What was read before, with the newest page read anew: verdicts come later than the actions they belong to.
 * @param from start of the time range, milliseconds; older ones are let go
 */
export function mergeHead(before: Loaded, head: Loaded, from: number): Loaded {
  const fresh = new Set(head.rows.map(({ id }) => id));
  const linked = before.rows.some(({ id }) => fresh.has(id));
  const oldest = head.rows.at(-1)?.time ?? Infinity;
  if (!linked || head.cursor === '') {
    return head;
  }
  const rest = before.rows.filter(({ id, time }) => !fresh.has(id) && time <= oldest && time >= from);
  return rest.length > 0 ? { rows: [...head.rows, ...rest], cursor: before.cursor } : head;
}

/** The next page behind what is there. */
export function appendPage(before: Loaded, page: Loaded): Loaded {
  const known = new Set(before.rows.map(({ id }) => id));
  return { rows: [...before.rows, ...page.rows.filter(({ id }) => !known.has(id))], cursor: page.cursor };
}

/** What a narrow column has room for. */
const SHORT = 90;

/** The reason shortened to a column at a word's end (R057). */
export function shortened(text: string, most = SHORT): string {
  if (text.length <= most) {
    return text;
  }
  const cut = text.slice(0, most);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > most / 2 ? space : most).trimEnd()}…`;
}

/** Why it was not done, or why it did not work; empty where there is nothing more to tell than the reason. */
export function afterwardsOf({ guard, guardReason, outcome, reason }: Pick<Remediation, 'guard' | 'guardReason' | 'outcome' | 'reason'>): string {
  if (guard) {
    return `${guard.replaceAll('_', ' ')}: ${guardReason || outcome}`;
  }
  return outcome === reason ? '' : outcome;
}
