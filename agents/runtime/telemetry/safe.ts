import { HemostatError, errorText } from '../errors';
import { cleanText } from '../untrusted';
import type { Attributes } from './types';

/*
 * Everything that telemetry keeps or sends passes here first: no secrets, no control characters, nothing without a bound.
 */

export const MAX_MESSAGE = 2000;
export const MAX_VALUE = 500;
export const MAX_NAME = 120;
const MAX_ATTRIBUTES = 32;

/** The same names come again and again: what is known of them is not found out anew. */
const KNOWN_LENGTH = 64;
const KNOWN_COUNT = 2000;
const known = new Map<string, string>();
/** Ids: nothing can hide in them. */
const HEX = /^[0-9a-f]*$/;

/** Redacted first, then cut: half a secret might no longer be known for one. */
export function safeText(text: string, max: number): string {
  if (text.length > KNOWN_LENGTH || max < KNOWN_LENGTH) {
    return cleanText(text, max);
  }
  if (HEX.test(text)) {
    return text;
  }
  const before = known.get(text);
  if (before !== undefined) {
    return before;
  }
  const clean = cleanText(text, max);
  if (known.size >= KNOWN_COUNT) {
    known.clear();
  }
  known.set(text, clean);
  return clean;
}

/** One line. */
export const safeName = (text: string): string => safeText(text.replace(/\s+/g, ' ').trim(), MAX_NAME);

export function safeAttributes(attributes: Attributes): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  let room = MAX_ATTRIBUTES;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || room === 0 || (typeof value === 'number' && !Number.isFinite(value))) {
      continue;
    }
    room -= 1;
    kept[key] = typeof value === 'string' ? safeText(value, MAX_VALUE) : value;
  }
  return kept;
}

/** What kind of error it is: its code where it has one of its own, else its class. */
export function errorType(cause: unknown): string {
  if (cause instanceof HemostatError) {
    return cause.code;
  }
  if (!(cause instanceof Error)) {
    return typeof cause;
  }
  const code = (cause as { code?: unknown }).code;
  return safeName(typeof code === 'string' && code !== '' ? code : cause.name);
}

/** Work that was given up on purpose is no error: another copy leads now, or this one is closing. */
export function isGivenUp(cause: unknown): boolean {
  return cause instanceof HemostatError ? cause.code === 'fenced' || cause.code === 'closing' : cause instanceof Error && cause.name === 'AbortError';
}

export const safeError = (cause: unknown): { type: string; message: string } => ({ type: errorType(cause), message: safeText(errorText(cause), MAX_VALUE) });
