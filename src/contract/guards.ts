import type { ContainerState } from './containers';
import type { GuardVerdict, PlannedAction } from './events';
import { actionAllowed } from './guards/action-allowed';
import { attemptsPerHour } from './guards/attempts-per-hour';
import { blastRadiusHour, blastRadiusProject, blastRadiusShare } from './guards/blast-radius';
import { circuitBreaker } from './guards/circuit-breaker';
import { confirmation } from './guards/confirmation';
import { cooldown } from './guards/cooldown';
import { execAllowList } from './guards/exec-allow-list';
import { maintenance } from './guards/maintenance';
import { manualStop } from './guards/manual-stop';
import { minConfidence } from './guards/min-confidence';
import { mode } from './guards/mode';
import { optOut } from './guards/opt-out';
import { ownContainer } from './guards/own-container';
import { originalResponder } from './guards/original-responder';
import { paused } from './guards/paused';
import { replaced } from './guards/replaced';
import { stale } from './guards/stale';
import { startGrace } from './guards/start-grace';
import type { Guard, GuardFacts } from './guards/types';
import type { ActionRecord } from './history';
import { Ledger } from './ledger';
import type { EffectivePolicy } from './policy';
import { NO_SWITCHES, type Switches } from './switches';

/** Every guard by its name, the most telling refusal first. */
export const GUARDS = {
  paused,
  original_responder: originalResponder,
  own_container: ownContainer,
  opt_out: optOut,
  mode,
  replaced,
  action_allowed: actionAllowed,
  exec_allow_list: execAllowList,
  min_confidence: minConfidence,
  stale,
  maintenance,
  manual_stop: manualStop,
  cooldown,
  circuit_breaker: circuitBreaker,
  attempts_per_hour: attemptsPerHour,
  start_grace: startGrace,
  confirmation,
  blast_radius_hour: blastRadiusHour,
  blast_radius_project: blastRadiusProject,
  blast_radius_share: blastRadiusShare,
} as const satisfies Record<string, Guard>;
export type GuardName = keyof typeof GUARDS;
const IN_ORDER: readonly Guard[] = Object.values(GUARDS);

/** What a person's explicit order may pass over. Pause, own containers, opt-out and blast radius hold for everybody. */
export const OVERRIDABLE: readonly GuardName[] = [
  'mode',
  'min_confidence',
  'stale',
  'maintenance',
  'manual_stop',
  'start_grace',
  'confirmation',
  'cooldown',
  'circuit_breaker',
  'attempts_per_hour',
];
/** What an approval answers: the person has looked at exactly this action. */
export const ANSWERED_BY_APPROVAL: readonly GuardName[] = ['mode', 'min_confidence', 'stale'];

export interface GuardInput {
  policy: EffectivePolicy;
  plan: PlannedAction;
  subject: GuardFacts['subject'];
  confidence: number;
  /** Milliseconds. */
  alertedAt?: number;
  illSince?: number;
  /** Records in any order, or the ledger made of them. */
  history: Ledger | readonly ActionRecord[];
  container?: ContainerState;
  fleet: { containers: number };
  switches?: Switches;
  ownIds?: readonly string[];
  /** Set when a person stands behind it: guards of this list are passed over, and say so. */
  override?: { user: string; guards: readonly GuardName[] };
  /** Milliseconds. */
  now: number;
}

function passedOver(verdict: GuardVerdict, override: NonNullable<GuardInput['override']>): GuardVerdict {
  if (verdict.allowed || !override.guards.some((name) => name === verdict.guard)) {
    return verdict;
  }
  return { ...verdict, allowed: true, reason: `Overridden by ${override.user}: ${verdict.reason}` };
}

/** Asks every guard. Pure: the verdicts depend on the input alone, and not on the order of `history`. */
export function evaluateGuards(input: GuardInput): GuardVerdict[] {
  const { history, switches, ownIds, override, ...rest } = input;
  const ledger = history instanceof Ledger ? history : new Ledger(history);
  const facts: GuardFacts = {
    ...rest,
    history: ledger.side(input.policy.mode === 'observe'),
    real: ledger.real,
    switches: switches ?? NO_SWITCHES,
    ownIds: ownIds ?? [],
  };
  const verdicts = IN_ORDER.map((guard) => guard(facts));
  return override ? verdicts.map((verdict) => passedOver(verdict, override)) : verdicts;
}

/** The first refusal, or undefined when all allow it. */
export function refusalOf(verdicts: readonly GuardVerdict[]): GuardVerdict | undefined {
  return verdicts.find((verdict) => !verdict.allowed);
}
