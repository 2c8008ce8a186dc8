import { containerKey } from './events';
import type { ActionRecord } from './history';

export const HOUR_MS = 3_600_000;
/** Older records are forgotten by `prune`; longer cooldowns than this are not kept. */
const KEEP_MS = 15 * 24 * HOUR_MS;

/** One container touched at one moment. */
export interface Touch {
  time: number;
  key: string;
  /** False when the same container was touched again later. */
  live: boolean;
}

/** One thing that the record says of one container. */
interface Line {
  time: number;
  kind: ActionRecord['kind'];
  id: string;
  action: string;
  failed: boolean;
  attempt: boolean;
}

/** One attempt to do something to a container as the target. */
export interface Attempt {
  time: number;
  action: string;
}

/** How one attempt ended. */
export interface Outcome {
  time: number;
  /** It failed, or it was found not to have helped. */
  failed: boolean;
}

const ORDER: Record<ActionRecord['kind'], number> = { started: 0, complete: 1, verified: 2 };

function insertSorted<T>(list: T[], item: T, before: (a: T, b: T) => boolean): void {
  let at = list.length;
  while (at > 0 && before(item, list[at - 1] as T)) {
    at -= 1;
  }
  list.splice(at, 0, item);
}

/** When containers were last touched, in order of time. */
export class Touches {
  private readonly list: Touch[] = [];
  private readonly last = new Map<string, Touch>();

  add(key: string, time: number): void {
    const before = this.last.get(key);
    if (before && before.time >= time) {
      return;
    }
    if (before) {
      before.live = false;
    }
    const touch = { time, key, live: true };
    this.last.set(key, touch);
    insertSorted(this.list, touch, (a, b) => a.time < b.time);
  }

  lastOf(key: string): number | undefined {
    return this.last.get(key)?.time;
  }

  /** How many different containers were touched after `cutoff`. */
  countSince(cutoff: number): number {
    let count = 0;
    for (let at = this.list.length - 1; at >= 0; at -= 1) {
      const touch = this.list[at];
      if (!touch || touch.time <= cutoff) {
        break;
      }
      count += touch.live ? 1 : 0;
    }
    return count;
  }

  /** The different containers touched after `cutoff`, longest ago first. */
  since(cutoff: number): Touch[] {
    return this.list.filter((touch) => touch.live && touch.time > cutoff);
  }

  prune(before: number): void {
    const keep = this.list.filter((touch) => touch.live && touch.time > before);
    this.list.splice(0, this.list.length, ...keep);
    for (const [key, touch] of this.last) {
      if (touch.time <= before) {
        this.last.delete(key);
      }
    }
  }
}

/** The record of real actions, or that of dry runs. */
export class LedgerSide {
  readonly fleet = new Touches();
  private readonly projects = new Map<string, Touches>();
  private readonly lines = new Map<string, Line[]>();

  ofProject(project: string): Touches | undefined {
    return this.projects.get(project);
  }

  add(record: ActionRecord): void {
    const time = Date.parse(record.time);
    const key = containerKey(record);
    const acted = record.kind === 'complete' && (record.status === 'success' || record.status === 'failed');
    const failed = (acted && record.status === 'failed') || (record.kind === 'verified' && record.verdict !== 'helped');
    insertSorted(this.linesOf(key), { time, kind: record.kind, id: record.id, action: record.action, failed, attempt: record.kind === 'started' || acted }, isBefore);
    if (record.kind === 'started') {
      this.touch([...new Set([key, ...record.targets])], record.project, time);
    } else if (acted) {
      this.touch([key], record.project, time);
    }
  }

  /** Every attempt with this container as the target, oldest first. An action without a written intent (the original's) counts by its end. */
  attempts(key: string): Attempt[] {
    const attempts: Attempt[] = [];
    let open = false;
    for (const line of this.lines.get(key) ?? []) {
      if (line.kind === 'started' || (line.attempt && !open)) {
        attempts.push({ time: line.time, action: line.action });
      }
      open = line.kind === 'started' || (open && !line.attempt);
    }
    return attempts;
  }

  /** The last thing that was done to this container as the target: its intent or its end. */
  lastAction(key: string): Attempt | undefined {
    const line = this.lines.get(key)?.findLast((one) => one.attempt);
    return line && { time: line.time, action: line.action };
  }

  /** Times of actions that failed or did not help, oldest first. */
  failures(key: string): number[] {
    return (this.lines.get(key) ?? []).filter((line) => line.failed).map((line) => line.time);
  }

  /** How every attempt ended that has ended, oldest first: the last word on it counts. */
  outcomes(key: string): Outcome[] {
    const outcomes: Outcome[] = [];
    let open: Outcome | undefined;
    for (const line of this.lines.get(key) ?? []) {
      if (line.kind === 'verified' && open) {
        // The action itself had succeeded or failed; now it is known whether it helped.
        open.failed ||= line.failed;
        open.time = line.time;
        open = undefined;
      } else if (line.kind === 'verified' || (line.kind === 'complete' && line.attempt)) {
        open = { time: line.time, failed: line.failed };
        outcomes.push(open);
      } else if (line.kind === 'started') {
        open = undefined;
      }
    }
    return outcomes;
  }

  /** Keys of all containers that the record tells of. */
  targets(): string[] {
    return [...this.lines.keys()];
  }

  prune(before: number): void {
    this.fleet.prune(before);
    this.projects.forEach((touches) => touches.prune(before));
    for (const [key, lines] of this.lines) {
      const keep = lines.filter((line) => line.time > before);
      if (keep.length > 0) {
        this.lines.set(key, keep);
      } else {
        this.lines.delete(key);
      }
    }
  }

  private touch(keys: readonly string[], project: string, time: number): void {
    for (const key of keys) {
      this.fleet.add(key, time);
      if (project) {
        this.touchesOf(project).add(key, time);
      }
    }
  }

  private linesOf(key: string): Line[] {
    const known = this.lines.get(key) ?? [];
    this.lines.set(key, known);
    return known;
  }

  private touchesOf(project: string): Touches {
    const known = this.projects.get(project) ?? new Touches();
    this.projects.set(project, known);
    return known;
  }
}

function isBefore(a: Line, b: Line): boolean {
  if (a.time !== b.time) {
    return a.time < b.time;
  }
  return ORDER[a.kind] === ORDER[b.kind] ? a.id < b.id : ORDER[a.kind] < ORDER[b.kind];
}

/**
 * What was done, as the guards count it. Real actions and dry runs are counted apart. Records may come in any order and
 * more than once; the same records always give the same answers.
 */
export class Ledger {
  readonly real = new LedgerSide();
  readonly shadow = new LedgerSide();
  private readonly seen = new Map<string, number>();

  constructor(records: Iterable<ActionRecord> = []) {
    for (const record of records) {
      this.add(record);
    }
  }

  /** @returns false when the record was known, or its time cannot be read. */
  add(record: ActionRecord): boolean {
    const time = Date.parse(record.time);
    if (this.seen.has(record.id) || Number.isNaN(time)) {
      return false;
    }
    this.seen.set(record.id, time);
    const dry = record.kind !== 'verified' && record.dry_run;
    (dry ? this.shadow : this.real).add(record);
    return true;
  }

  /** True when an event of this id stands in the record. */
  has(id: string): boolean {
    return this.seen.has(id);
  }

  side(dryRun: boolean): LedgerSide {
    return dryRun ? this.shadow : this.real;
  }

  /** Forgets what is older than the log keeps. */
  prune(now: number): void {
    const before = now - KEEP_MS;
    this.real.prune(before);
    this.shadow.prune(before);
    for (const [id, time] of this.seen) {
      if (time <= before) {
        this.seen.delete(id);
      }
    }
  }
}
