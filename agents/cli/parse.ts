import { InvalidArgumentError } from 'commander';
import { EVENT_TYPES, type EventType } from '../../src/contract/events';

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `6h`, `7d` as milliseconds. */
export function parseDuration(value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/.exec(value.trim());
  const unit = UNIT_MS[match?.[2] ?? ''];
  if (!match?.[1] || unit === undefined) {
    throw new InvalidArgumentError(`"${value}" is not a time span; write 90s, 10m, 6h or 7d.`);
  }
  return Number(match[1]) * unit;
}

/** A moment: ISO 8601 (UTC where no zone is named), as milliseconds. */
export function parseMoment(value: string): number {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(value) || !value.includes(':') ? value : `${value}Z`;
  const parsed = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(parsed)) {
    throw new InvalidArgumentError(`"${value}" is not a time; write it as 2026-11-21T07:30:00Z.`);
  }
  return parsed;
}

/** A whole number within limits, both included. */
export function parseInteger(min: number, max: number) {
  return (value: string): number => {
    const parsed = Number(value);
    if (value.trim() === '' || !Number.isInteger(parsed) || parsed < min || parsed > max) {
      throw new InvalidArgumentError(`"${value}" is not a whole number between ${min} and ${max}.`);
    }
    return parsed;
  };
}

/** Event types, repeated or comma-separated. */
export function parseTypes(value: string, before: readonly EventType[] = []): EventType[] {
  const named = value
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  const found = named.map((word) => {
    const type = EVENT_TYPES.find((known) => known === word);
    if (!type) {
      throw new InvalidArgumentError(`"${word}" is no event type; there are ${EVENT_TYPES.join(', ')}.`);
    }
    return type;
  });
  return [...before, ...found];
}
