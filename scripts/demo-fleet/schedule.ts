import type { Engine } from './engine/engine';
import type { IllnessPlan } from './fleet';
import type { Illness } from './illness';
import type { Patient } from './patient';
import { seededRandom } from './random';
import { USER_ACTS } from './user-acts';

const FIRST_JITTER_MS = 1500;
const EARLIEST_MS = 5000;
const LATEST_MS = 40_000;
const CYCLE_MS = 240_000;
/** Share by which a cycle is shorter or longer. */
const CYCLE_JITTER = 0.2;
/** Not well enough to fall ill: tried again after this. */
const POSTPONE_MS = 15_000;
const REMEMBERED = 200;

/** Lets each patient fall ill at its times, over and over, and remembers all of it. */
export class Schedule {
  private readonly all: Illness[] = [];
  private readonly timers = new Map<Patient, NodeJS.Timeout>();
  private readonly waits = new Map<NodeJS.Timeout, (reason: Error) => void>();
  private readonly random: () => number;
  private readonly stopListening: () => void;

  constructor(
    private readonly engine: Engine,
    private readonly patients: readonly Patient[],
    seed: number
  ) {
    this.random = seededRandom(seed);
    this.stopListening = engine.events.subscribe(({ type, action, attributes }) => {
      if (type === 'container' && action === 'start') {
        this.parentStarted(attributes['name'] ?? '');
      }
    });
  }

  /** `automatic: false` lets nothing happen but what makeIll orders. */
  begin(automatic: boolean): void {
    for (const patient of this.patients) {
      const plan = patient.member.illness;
      if (plan?.kind === 'slow_start') {
        // It starts slowly now, with all the others.
        this.run(patient, plan, new Date(), true);
      } else if (plan !== undefined && automatic) {
        this.plan(patient, plan, this.firstDelay(plan));
      }
    }
    if (automatic) {
      this.patients.filter((p) => p.member.illness?.kind === 'slow_start').forEach((p) => this.next(p));
    }
  }

  illnesses(): Illness[] {
    return this.all.map((illness) => ({ ...illness })).sort((a, b) => a.time.localeCompare(b.time));
  }

  /** Lets the patient fall ill at once; what was planned for it comes a cycle later. */
  trigger(patient: Patient): Illness {
    const plan = patient.member.illness;
    if (plan === undefined) {
      throw new Error(`The container "${patient.name}" of the demo fleet never falls ill.`);
    }
    const planned = this.all.find((illness) => illness.container === patient.name && illness.state === 'scheduled');
    if (planned !== undefined) {
      this.all.splice(this.all.indexOf(planned), 1);
      this.next(patient);
    }
    return { ...this.run(patient, plan, new Date()) };
  }

  close(): void {
    this.stopListening();
    this.timers.forEach((timer) => clearTimeout(timer));
    this.waits.forEach((giveUp, timer) => {
      clearTimeout(timer);
      giveUp(new Error('the demo fleet was closed'));
    });
    this.patients.forEach((patient) => patient.dispose());
  }

  private firstDelay(plan: IllnessPlan): number {
    const jittered = plan.firstMs + (this.random() * 2 - 1) * FIRST_JITTER_MS;
    return Math.min(LATEST_MS, Math.max(EARLIEST_MS, jittered));
  }

  private next(patient: Patient): void {
    const plan = patient.member.illness;
    if (plan !== undefined) {
      this.plan(patient, plan, CYCLE_MS * (1 + (this.random() * 2 - 1) * CYCLE_JITTER));
    }
  }

  private plan(patient: Patient, plan: IllnessPlan, delayMs: number): void {
    const realMs = delayMs / this.engine.speed;
    const record = this.record(patient, plan, new Date(Date.now() + realMs));
    clearTimeout(this.timers.get(patient));
    this.timers.set(
      patient,
      setTimeout(() => this.due(patient, plan, record), realMs)
    );
  }

  private due(patient: Patient, plan: IllnessPlan, record: Illness): void {
    this.all.splice(this.all.indexOf(record), 1);
    if (patient.container === undefined) {
      // Somebody removed it; a new one takes its place, as the next deployment would have it.
      patient
        .create()
        .start()
        .catch(() => undefined);
    }
    const well = patient.illness === undefined && patient.container?.status === 'running';
    if (!well) {
      this.plan(patient, plan, POSTPONE_MS);
      return;
    }
    this.run(patient, plan, new Date());
    this.next(patient);
  }

  private record(patient: Patient, plan: IllnessPlan, time: Date): Illness {
    const illness: Illness = {
      container: patient.name,
      kind: plan.kind,
      cure: plan.cure,
      time: time.toISOString(),
      state: 'scheduled',
    };
    this.all.push(illness);
    if (this.all.length > REMEMBERED) {
      this.all.shift();
    }
    return illness;
  }

  private run(patient: Patient, plan: IllnessPlan, time: Date, starting = false): Illness {
    const illness = this.record(patient, plan, time);
    const act = starting ? this.firstSlowStart : USER_ACTS[plan.kind];
    if (act !== undefined) {
      patient.fallIll(illness);
      act({ engine: this.engine, patient, wait: (ms) => this.wait(ms) })
        .catch(() => undefined) // The engine was closed under it.
        .finally(() => patient.recover());
    } else if (plan.kind === 'lost_network') {
      // The illness begins when the owner of the network has been restarted: see parentStarted.
      illness.state = 'present';
      patient.illness = illness;
      this.parentOf(patient)?.container?.tell('ill');
    } else {
      patient.fallIll(illness);
    }
    return illness;
  }

  private readonly firstSlowStart = async (): Promise<void> => {
    await this.wait(this.patients.find((p) => p.member.slowStartMs !== undefined)?.member.slowStartMs ?? 0);
  };

  private parentOf(patient: Patient): Patient | undefined {
    const { networkOf, project } = patient.member;
    return this.patients.find((p) => p.member.project === project && p.member.service === networkOf);
  }

  /** Whoever restarts the owner of a network, its sharers sit in a dead one until they are restarted too. */
  private parentStarted(name: string): void {
    for (const patient of this.patients) {
      const plan = patient.member.illness;
      if (plan?.kind !== 'lost_network' || this.parentOf(patient)?.name !== name || patient.container?.alive !== true) {
        continue;
      }
      patient.fallIll(patient.illness ?? this.record(patient, plan, new Date()));
    }
  }

  /** Rejects when the fleet is closed, so that an act never goes on afterwards. */
  private wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waits.delete(timer);
        resolve();
      }, ms / this.engine.speed);
      this.waits.set(timer, reject);
    });
  }
}
