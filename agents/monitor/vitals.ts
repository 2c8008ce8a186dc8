import type { Figures } from '../../src/contract/events';
import type { ContainerDetails, EngineEvent, StatsReading } from '../docker/engine';
import { measure } from './figures';
import { endedOnPurpose, type StopMarks } from './exits';
import { momentOf, type Moment } from './moment';
import { COOL, stepOverload, type Overload } from './overload';

/** All that is known of one container. Changed only by the pure functions below. */
export interface Vitals {
  details: ContainerDetails;
  figures: Figures;
  /** The reading that the figures come from. */
  reading?: StatsReading;
  cpu: Overload;
  memory: Overload;
  /** When it was seen to come up or go down. */
  up?: Moment;
  down?: Moment;
  /** Restarts by Docker itself within the loop window, oldest first. */
  restarts: Moment[];
  /** Main or other process ended by the kernel for want of memory. */
  oom?: Moment;
  healthSince?: number;
  /** Since when the container whose network it shares is gone or was started anew. */
  parentLost?: Moment & { why: 'gone' | 'restarted' };
  marks: StopMarks;
  manualStopAt?: string;
  manualStartAt?: string;
}

export interface Remembered {
  restartCount: number;
  manualStopAt?: string;
  manualStartAt?: string;
}

export const ms = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));

/** Docker itself will bring it up again. */
export function willRestart(details: ContainerDetails): boolean {
  return details.restarting || details.status === 'restarting';
}

/** It has run and does not now. A container that never ran is not down. */
export function isDown(details: ContainerDetails): boolean {
  return !details.running && (details.status === 'exited' || details.status === 'dead' || willRestart(details));
}

function firstMarks(details: ContainerDetails, remembered: Remembered | undefined): StopMarks {
  const stopAt = ms(remembered?.manualStopAt);
  const startAt = ms(details.startedAt);
  return { complete: false, ...(stopAt === undefined ? {} : { stopAt }), ...(startAt === undefined ? {} : { startAt }) };
}

/** The first look at a container; `remembered` is what an earlier monitor knew of it. */
export function firstVitals(details: ContainerDetails, now: Moment, remembered?: Remembered): Vitals {
  const grown = remembered ? Math.max(0, details.restartCount - remembered.restartCount) : 0;
  const started = ms(details.startedAt) ?? now.wall;
  return {
    details,
    figures: {},
    cpu: COOL,
    memory: COOL,
    ...(details.running ? { up: momentOf(started, now) } : {}),
    ...(isDown(details) ? { down: momentOf(ms(details.finishedAt) ?? now.wall, now) } : {}),
    restarts: Array.from({ length: Math.min(grown, 100) }, () => now),
    marks: firstMarks(details, remembered),
    ...(remembered?.manualStopAt ? { manualStopAt: remembered.manualStopAt } : {}),
    ...(remembered?.manualStartAt ? { manualStartAt: remembered.manualStartAt } : {}),
  };
}

function nextRestarts(vitals: Vitals, details: ContainerDetails, now: Moment, loopMs: number): Moment[] {
  const grown = details.restartCount - vitals.details.restartCount;
  // Docker counts from 0 again when somebody starts it by hand.
  const kept = grown < 0 ? [] : vitals.restarts.filter((one) => now.mono - one.mono <= loopMs);
  return grown > 0 ? [...kept, ...Array.from({ length: Math.min(grown, 100) }, () => now)] : kept;
}

function health(vitals: Vitals, details: ContainerDetails, now: Moment): Pick<Vitals, 'healthSince'> {
  const since = details.health === vitals.details.health ? vitals.healthSince : now.wall;
  return since === undefined ? {} : { healthSince: since };
}

/** Since when it is up or down; kept over looks at the same run. */
function standing(vitals: Vitals, details: ContainerDetails, newRun: boolean, now: Moment): Pick<Vitals, 'up' | 'down'> {
  if (details.running) {
    return { up: (newRun ? undefined : vitals.up) ?? momentOf(ms(details.startedAt) ?? now.wall, now) };
  }
  return isDown(details) ? { down: (newRun ? undefined : vitals.down) ?? momentOf(ms(details.finishedAt) ?? now.wall, now) } : {};
}

/** What a new look at the container changes. A new run begins with clean figures; a container that is down uses nothing. */
export function lookedAt(vitals: Vitals, details: ContainerDetails, now: Moment, loopMs: number): Vitals {
  const newRun = details.startedAt !== vitals.details.startedAt;
  const { up: _up, down: _down, healthSince: _since, reading, ...rest } = vitals;
  const clean = newRun || isDown(details);
  return {
    ...rest,
    ...(clean ? { figures: {}, cpu: COOL, memory: COOL } : {}),
    ...(reading && !clean ? { reading } : {}),
    details,
    ...standing(vitals, details, newRun, now),
    restarts: nextRestarts(vitals, details, now, loopMs),
    ...health(vitals, details, now),
  };
}

/** A start that is not Docker's own doing: somebody had stopped it since the start before, or Docker would not restart it. */
export function startedByHand({ details, marks }: Vitals): boolean {
  const wished = Math.max(marks.kill?.at ?? -1, marks.stopAt ?? -1);
  const neverRan = details.startedAt === undefined && marks.startAt === undefined;
  return details.restartPolicy.name === 'no' || neverRan || wished > (marks.startAt ?? 0);
}

/** What an event tells that a look at the container does not. The container is looked at afterwards. */
export function heard(vitals: Vitals, event: EngineEvent, now: Moment): Vitals {
  const time = new Date(event.at).toISOString();
  switch (event.action) {
    case 'kill':
      return { ...vitals, marks: { ...vitals.marks, complete: true, kill: { at: event.at, signal: event.signal ?? '' } } };
    case 'stop':
      return { ...vitals, manualStopAt: time, marks: { ...vitals.marks, stopAt: event.at } };
    case 'die':
      // Whoever hears of the end has heard of what came before it.
      return { ...vitals, marks: { ...vitals.marks, complete: true } };
    case 'oom':
      return { ...vitals, oom: momentOf(event.at, now), marks: { ...vitals.marks, oomAt: event.at } };
    case 'start':
      // The marks stay: they count only for a run that began before them, and the end of that run may not have been looked at yet.
      return { ...vitals, marks: { ...vitals.marks, complete: true, startAt: event.at }, ...(startedByHand(vitals) ? { manualStartAt: time } : {}) };
    default:
      return vitals;
  }
}

export interface ReadingRule {
  cpuPercent: number;
  memoryPercent: number;
  confirmMs: number;
  recoverMs: number;
}

/** What a new reading changes. */
export function readAnew(vitals: Vitals, reading: StatsReading, rule: ReadingRule, now: Moment): Vitals {
  const { figures, cpuShare } = measure(reading, vitals.reading, vitals.details.cpuLimit);
  // A container that is still starting may well need all of its CPU.
  const judged = vitals.details.health === 'starting' ? undefined : cpuShare;
  return {
    ...vitals,
    figures,
    reading,
    cpu: stepOverload(vitals.cpu, judged, now, { ...rule, threshold: rule.cpuPercent }),
    memory: stepOverload(vitals.memory, figures.memory_percent, now, { ...rule, threshold: rule.memoryPercent }),
  };
}

/** Did somebody want it to be down? Only of use while it is down. */
export function downOnPurpose({ details, marks }: Vitals): boolean {
  const startedAt = ms(details.startedAt);
  const finishedAt = ms(details.finishedAt);
  return endedOnPurpose(
    {
      exitCode: details.exitCode,
      oomKilled: details.oomKilled,
      stopSignal: details.stopSignal,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(details.stopTimeoutSeconds === undefined ? {} : { stopTimeoutSeconds: details.stopTimeoutSeconds }),
    },
    marks
  );
}
