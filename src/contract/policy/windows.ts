import type { MaintenanceWindow } from './schema';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** Adjoining windows are followed for so many steps; beyond, no end is named. */
const MAX_STEPS = 64;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) {
    return known;
  }
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  formats.set(zone, made);
  return made;
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Weekday (0 is Sunday) and minute of the day on the wall clock of a zone. */
function wallClock(zone: string, at: number): { day: number; minute: number } {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map((part) => [part.type, part.value]));
  const day = DAYS.findIndex((name) => name === parts.weekday?.slice(0, 3).toLowerCase());
  return { day, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(':').map(Number);
  return hours * 60 + rest;
}

/** Minutes on the wall clock until a weekly window closes, or undefined when it is not open. */
function weeklyLeft(weekly: NonNullable<MaintenanceWindow['weekly']>, at: number): number | undefined {
  const { day, minute } = wallClock(weekly.zone, at);
  const from = minutes(weekly.from);
  const to = minutes(weekly.to);
  const length = to > from ? to - from : to + DAY_MINUTES - from;
  const on = (index: number) => weekly.days.some((name) => name === DAYS[(index + 7) % 7]);
  const sinceToday = minute - from;
  if (on(day) && sinceToday >= 0 && sinceToday < length) {
    return length - sinceToday;
  }
  const sinceYesterday = sinceToday + DAY_MINUTES;
  return on(day - 1) && sinceYesterday < length ? length - sinceYesterday : undefined;
}

/** When the window that is open now closes, in milliseconds; undefined when it is not open. */
function closesAt(window: MaintenanceWindow, at: number): number | undefined {
  if (!window.weekly) {
    const from = Date.parse(window.from ?? '');
    const to = Date.parse(window.to ?? '');
    return at >= from && at < to ? to : undefined;
  }
  const left = weeklyLeft(window.weekly, at);
  // All zones of today differ from UTC by whole minutes.
  return left === undefined ? undefined : Math.floor(at / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS;
}

/** A clock change inside the window makes the wall clock lie; then the change itself is the step, at most two hours early. */
function firstFree(window: MaintenanceWindow, at: number): number | undefined {
  const end = closesAt(window, at);
  if (end === undefined || !window.weekly) {
    return end;
  }
  for (let probe = Math.max(at, end - 2 * 60 * MINUTE_MS); probe < end; probe += MINUTE_MS) {
    const whole = Math.ceil(probe / MINUTE_MS) * MINUTE_MS;
    if (whole < end && whole > at && closesAt(window, whole) === undefined) {
      return whole;
    }
  }
  return end;
}

export interface OpenWindow {
  name: string;
  /** Milliseconds; when no window is open any more. Undefined when that is too far away to tell. */
  until?: number;
}

/** The maintenance in force at a moment, with the moment at which all of it is over. Pure. */
export function openWindow(windows: readonly MaintenanceWindow[], at: number): OpenWindow | undefined {
  const first = windows.find((window) => closesAt(window, at) !== undefined);
  if (!first) {
    return undefined;
  }
  let until = at;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const ends = windows.flatMap((window) => firstFree(window, until) ?? []);
    if (ends.length === 0) {
      return { name: first.name, until };
    }
    until = Math.max(...ends);
  }
  return { name: first.name };
}
