import type { ContainerState } from '../containers';
import type { GuardVerdict, PlannedAction } from '../events';
import type { LedgerSide } from '../ledger';
import type { EffectivePolicy } from '../policy';
import type { Switches } from '../switches';

/** Everything that a guard may look at. Nothing else: the same input always gives the same verdict. */
export interface GuardFacts {
  policy: EffectivePolicy;
  plan: PlannedAction;
  /** `key` is the container key of the target. */
  subject: { key: string; host: string; container: string; project: string };
  /** 0..1, of the analysis. */
  confidence: number;
  /** Milliseconds; when the illness that led to this was last seen, and when it began. */
  alertedAt?: number;
  illSince?: number;
  /** The real record, or in mode observe the shadow one. */
  history: LedgerSide;
  /** Always the real record: tells our own stops and starts from those of a person. */
  real: LedgerSide;
  container?: ContainerState;
  fleet: { containers: number };
  switches: Switches;
  /** Ids (or their beginnings) of the containers that the healer itself runs in. */
  ownIds: readonly string[];
  /** Milliseconds. */
  now: number;
}

export type Guard = (facts: GuardFacts) => GuardVerdict;

type Detail = Partial<Pick<GuardVerdict, 'limit' | 'measured'>> & { freeAt?: number };

/** The largest time that a Date can hold. */
const LATEST_MS = 8.64e15;

function verdict(guard: string, allowed: boolean, reason: string, { freeAt, ...detail }: Detail): GuardVerdict {
  const free = freeAt !== undefined && Math.abs(freeAt) <= LATEST_MS ? { free_at: new Date(freeAt).toISOString() } : {};
  return { guard, allowed, ...detail, ...free, reason };
}

export function allow(guard: string, reason: string, detail: Detail = {}): GuardVerdict {
  return verdict(guard, true, reason, detail);
}

export function refuse(guard: string, reason: string, detail: Detail = {}): GuardVerdict {
  return verdict(guard, false, reason, detail);
}

export const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
export const secondsSince = (from: number, now: number): string => `${Math.max(0, Math.round((now - from) / 1000))} s`;

/** Milliseconds of a time in an event, or undefined. */
export function parseTime(text: string | undefined): number | undefined {
  const parsed = text ? Date.parse(text) : NaN;
  // Docker writes the year 1 where nothing has happened yet.
  return Number.isNaN(parsed) || parsed <= 0 ? undefined : parsed;
}
