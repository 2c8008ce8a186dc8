import type { DashboardConfig } from '../config/schema';
import type { Seen, Wanted } from '../store';

export interface DueInput {
  dashboards: readonly DashboardConfig[];
  /** Dashboard -> last attempt, ISO 8601 UTC, from Redis. */
  last: ReadonlyMap<string, string>;
  wanted: ReadonlyMap<string, Wanted>;
  now: number;
  minimumGapMs: number;
}

export interface Due {
  entry: DashboardConfig;
  reason: string;
}

/** Milliseconds of the last attempt: what Redis knows, else what the file says (R299); undefined when there was none (R305). */
function lastOf(entry: DashboardConfig, last: ReadonlyMap<string, string>, now: number): number | undefined {
  const text = last.get(entry.id) ?? entry.last_update;
  const time = text ? Date.parse(text) : Number.NaN;
  // A time to come is of a clock that was wrong: it would hold the dashboard back for ever.
  return Number.isFinite(time) && time <= now ? time : undefined;
}

/** When an entry may be updated at the earliest, milliseconds. */
export function freeAt(entry: DashboardConfig, { last, now, minimumGapMs }: Omit<DueInput, 'dashboards' | 'wanted'>): number {
  const time = lastOf(entry, last, now);
  // Who asks for an update every minute has chosen a smaller gap.
  return time === undefined ? now : time + Math.min(minimumGapMs, entry.refresh_minutes * 60_000);
}

/** The dashboards whose time has come (R305 to R307), and those that something asks for, once the minimum gap is over (R303, R304). */
export function dueDashboards(input: DueInput): Due[] {
  const { dashboards, last, wanted, now } = input;
  return dashboards.flatMap((entry): Due[] => {
    const time = lastOf(entry, last, now);
    if (time === undefined) {
      return [{ entry, reason: 'never updated' }];
    }
    if (now - time >= entry.refresh_minutes * 60_000) {
      return [{ entry, reason: `last update ${Math.round((now - time) / 60_000)} minutes ago` }];
    }
    const asked = wanted.get(entry.id);
    return asked && now >= freeAt(entry, input) ? [{ entry, reason: asked.reason }] : [];
  });
}

/** The metric that has changed by more than the share that counts as significant; undefined when none has. */
export function significantChange(before: Seen, after: Seen, share: number): string | undefined {
  if (share <= 0) {
    return undefined;
  }
  return Object.entries(after).find(([name, value]) => {
    const old = before[name];
    return old !== undefined && Number.isFinite(value) && Math.abs(value - old) > share * Math.max(Math.abs(old), Number.EPSILON);
  })?.[0];
}
