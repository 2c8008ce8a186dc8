import { randomBytes } from 'node:crypto';

/** Random bytes that are fetched together: asking the system for eight at a time costs more than the rest of a span. */
const POOL = 8192;
let pool = Buffer.alloc(0);
let used = 0;

function random(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL);
    used = 0;
  }
  used += bytes;
  const hex = pool.toString('hex', used - bytes, used);
  return /[^0]/.test(hex) ? hex : random(bytes);
}

/** 16 hex characters, never all zero. */
export const newSpanId = (): string => random(8);
/** 32 hex characters, never all zero. */
export const newTraceId = (): string => random(16);

/**
 * The parent of what goes on from an event that names no step (the original's, or one from before telemetry): the same for all who
 * handle events of the trace, so that their spans hang together.
 */
export function rootOf(traceId: string): string {
  const first = traceId.slice(0, 16);
  return /^0*$/.test(first) ? traceId.slice(16) : first;
}
