import type { EventOf, GuardVerdict } from '../events';
import { clause, plainText } from './plain-text';
import { clockOrDate, durationText, spanMs } from './time';

/** When a guard lets go, seen from `at`: `free at 14:15:07 (in 12 min)`, or nothing when it never does by itself. */
function freeText(freeAt: string | undefined, at: string, timeZone: string): string {
  if (!freeAt || Number.isNaN(Date.parse(freeAt))) {
    return '';
  }
  const wait = spanMs(at, freeAt);
  const when = `free at ${clockOrDate(freeAt, at, timeZone)}`;
  return wait === undefined || wait <= 0 ? when : `${when} (in ${durationText(wait)})`;
}

/** `2880 s` as `48 min`; anything else stays. */
function length(text: string): string {
  const seconds = /^(\d+(?:\.\d+)?) s$/.exec(text)?.[1];
  return seconds === undefined ? text : durationText(Number(seconds) * 1000);
}

type Phrase = (limit: string, measured: string) => string[];
const plainly: Phrase = (limit, measured) => [`limit ${limit}`, measured];

/** How the figures of a guard read; a guard that is not listed has its reason told. */
const PHRASES: Record<string, Phrase> = {
  cooldown: (limit, measured) => [`${limit} between actions`, `last one ${length(measured)} ago`],
  attempts_per_hour: (limit, measured) => [`limit ${limit}`, `${measured} done`],
  circuit_breaker: (limit, measured) => [`opens at ${limit}`, `${measured} failed or did not help`],
  blast_radius_hour: plainly,
  blast_radius_project: plainly,
  blast_radius_share: plainly,
  confirmation: (limit, measured) => [`must be ill for ${limit}`, `ill for ${length(measured)}`],
  min_confidence: (limit, measured) => [`needs ${limit}`, `confidence is ${measured}`],
  stale: (limit, measured) => [`at most ${limit} old`, `seen ${length(measured)} ago`],
  start_grace: (limit, measured) =>
    measured === 'starting'
      ? ['its health check still says starting']
      : [`${limit} after a start`, `started ${length(measured)} ago`],
};

function figuresOf(verdict: GuardVerdict): string[] {
  const limit = plainText(verdict.limit ?? '', 120);
  const measured = plainText(verdict.measured ?? '', 120);
  const phrase = Object.hasOwn(PHRASES, verdict.guard) ? PHRASES[verdict.guard] : undefined;
  if (phrase && limit && measured) {
    return phrase(limit, measured);
  }
  const reason = clause(verdict.reason);
  return reason ? [reason] : [limit, measured];
}

/**
 * `refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min)`.
 * @param at when it was refused, ISO 8601
 */
export function refusalText(verdict: GuardVerdict, at: string, timeZone = 'UTC'): string {
  const parts = [...figuresOf(verdict), freeText(verdict.free_at, at, timeZone)].filter(Boolean);
  const guard = plainText(verdict.guard, 60).replaceAll('_', ' ') || 'a guard without a name';
  return parts.length > 0 ? `refused by ${guard}: ${parts.join(', ')}` : `refused by ${guard}`;
}

/** What the original says when it refuses, by our names of the guards. */
const LEGACY_GUARDS: Record<string, string> = { cooldown_active: 'cooldown', circuit_breaker_open: 'circuit_breaker' };

function legacyRefusal(event: EventOf<'remediation_complete'>): GuardVerdict {
  const { reason = '', remaining_seconds: remaining, retry_count: retries, error } = event.data.result;
  const at = Date.parse(event.time);
  const free = remaining === undefined ? Number.NaN : at + remaining * 1000;
  return {
    guard: (Object.hasOwn(LEGACY_GUARDS, reason) ? LEGACY_GUARDS[reason] : reason) || 'the responder',
    allowed: false,
    reason: error ?? '',
    ...(retries === undefined ? {} : { measured: `${retries} failed attempts` }),
    // Beyond this a Date cannot be written.
    ...(Math.abs(free) < 8.64e15 ? { free_at: new Date(free).toISOString() } : {}),
  };
}

/** The guards that refused, the original's words included. */
export function refusalsOf(event: EventOf<'remediation_complete'>): readonly GuardVerdict[] {
  const refused = (event.data.guards ?? []).filter((verdict) => !verdict.allowed);
  return refused.length > 0 ? refused : [legacyRefusal(event)];
}
