import { createHash, randomBytes } from 'node:crypto';

/** A new event id: 48 bits of time, then chance; 32 hex characters that sort by time. */
export function newId(now: number = Date.now()): string {
  return now.toString(16).padStart(12, '0').slice(-12) + randomBytes(10).toString('hex');
}

/** The same parts always give the same id (32 hex characters), so that a repeated event is recognised. */
export function derivedId(...parts: ReadonlyArray<string | number>): string {
  return sha256(parts.join('\u0000')).slice(0, 32);
}

/** SHA-256 as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  );
}
