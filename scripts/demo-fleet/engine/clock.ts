const NS_PER_MS = 1_000_000n;
const NS_STEP = 1_000n;
/** A step back by more than this is a changed wall clock, not two readings within one millisecond. */
const SAME_BURST_NS = 1_000_000_000n;

let lastNs = 0n;

/** Wall clock in nanoseconds since 1970; readings of one burst are strictly increasing so that events keep their order. */
export function nowNs(): bigint {
  const wall = BigInt(Date.now()) * NS_PER_MS;
  const behind = lastNs - wall;
  lastNs = behind >= 0n && behind < SAME_BURST_NS ? lastNs + NS_STEP : wall;
  return lastNs;
}

/** Docker's "never" in StartedAt and FinishedAt. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** RFC 3339 with nine fractional digits, UTC, as in log timestamps. */
export function rfc3339Nano(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

export const isoOrZero = (ns: bigint | undefined): string => (ns === undefined ? ZERO_TIME : rfc3339Nano(ns));

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600 };

function fromUnixSeconds(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  return seconds === undefined ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function fromAge(text: string): bigint | undefined {
  const [, count, unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  return count === undefined ? undefined : nowNs() - BigInt(Number(count) * (UNIT_SECONDS[unit] ?? 1)) * 1_000_000_000n;
}

function fromRfc3339(text: string): bigint | undefined {
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : BigInt(parsed) * NS_PER_MS;
}

/**
 * Reads the `since` and `until` of the API: Unix seconds with optional fraction, an RFC 3339 time, or an age ("10m").
 * Returns nanoseconds, undefined for an absent value or one that cannot be read.
 */
export function parseTime(text: string | null): bigint | undefined {
  if (text === null || text === '') {
    return undefined;
  }
  return fromUnixSeconds(text) ?? fromAge(text) ?? fromRfc3339(text);
}
