/** The product's zone where neither the user nor the dashboard sets one (R020). */
export const DEFAULT_TIME_ZONE = 'America/New_York';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function two(value: number, unit: string, rest: number, restUnit: string): string {
  return rest > 0 ? `${value} ${unit} ${rest} ${restUnit}` : `${value} ${unit}`;
}

/** A length of time for a person: `388 ms`, `2.1 s`, `1 min 5 s`, `48 min`, `3 h 12 min`, `2 d 4 h`. @param ms milliseconds; less than nothing counts as 0 */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) {
    return 'unknown';
  }
  const length = Math.max(0, ms);
  if (Math.round(length) < SECOND) {
    return `${Math.round(length)} ms`;
  }
  if (length < 9950) {
    return `${(length / SECOND).toFixed(1).replace(/\.0$/, '')} s`;
  }
  const seconds = Math.round(length / SECOND);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 600) {
    return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  }
  const minutes = Math.round(length / MINUTE);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  if (minutes < 24 * 60) {
    return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  }
  const hours = Math.round(length / HOUR);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** `12 %`, `3.4 %`; `unknown` when it is no number. @param value percent, 0..100 and beyond */
export function percentText(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) {
    return 'unknown';
  }
  const digits = Math.abs(value) < 9.95 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, '')} %`;
}

/** By zone, locale and options. Making one takes far longer than using it, and a list shows hundreds of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError where there is no such zone */
function formatOf(timeZone: string, options: Intl.DateTimeFormatOptions, locale: string): Intl.DateTimeFormat {
  const key = JSON.stringify([timeZone, locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone });
  formats.set(key, format);
  return format;
}

function formatted(at: number, timeZone: string, options: Intl.DateTimeFormatOptions, locale = 'en-US'): string {
  const format = (zone: string) => formatOf(zone, options, locale).format(at);
  let text: string;
  try {
    text = format(timeZone);
  } catch {
    // A zone that does not exist must not hide the time.
    text = format('UTC');
  }
  return text.replace(/[\u202f\u00a0]/g, ' ');
}

/** `Jan 3, 10:30 AM EST` in an IANA zone (R019); `Unknown` when it is no time (R021). */
export function absoluteTime(iso: string, timeZone: string = DEFAULT_TIME_ZONE): string {
  const at = Date.parse(iso);
  return Number.isNaN(at)
    ? 'Unknown'
    : formatted(at, timeZone, {
        month: 'short',
        day: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
      });
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const UNITS: ReadonlyArray<[number, Intl.RelativeTimeFormatUnit]> = [
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

/**
 * `2 minutes ago`, `in 1 hour` under 24 hours (R018), else the absolute time (R019).
 * @param now milliseconds since 1970
 */
export function relativeTime(iso: string, now: number, timeZone: string = DEFAULT_TIME_ZONE): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at) || !Number.isFinite(now)) {
    return 'Unknown';
  }
  const away = at - now;
  if (Math.abs(away) >= DAY) {
    return absoluteTime(iso, timeZone);
  }
  const [size, unit] = UNITS.find(([length]) => Math.abs(away) >= length) ?? [SECOND, 'second'];
  const count = Math.trunc(away / size);
  return count === 0 ? 'just now' : RELATIVE.format(count, unit);
}

/** `14:03:07`, with milliseconds `14:03:07.120`; `Unknown` when it is no time. */
export function clockText(iso: string, timeZone = 'UTC', milliseconds = false): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) {
    return 'Unknown';
  }
  return formatted(
    at,
    timeZone,
    {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(milliseconds ? { fractionalSecondDigits: 3 } : {}),
    },
    'en-GB'
  );
}

/** The clock time when both are of one day in this zone, else the absolute time. */
export function clockOrDate(iso: string, reference: string, timeZone = 'UTC'): string {
  const day = (text: string) =>
    formatted(Date.parse(text), timeZone, { year: 'numeric', month: 'numeric', day: 'numeric' });
  if (Number.isNaN(Date.parse(iso)) || Number.isNaN(Date.parse(reference))) {
    return clockText(iso, timeZone);
  }
  return day(iso) === day(reference) ? clockText(iso, timeZone) : absoluteTime(iso, timeZone);
}

/** Milliseconds from one ISO time to another; undefined when either is no time. */
export function spanMs(from: string | undefined, to: string | undefined): number | undefined {
  const span = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isNaN(span) ? undefined : span;
}
